"""The chapters together: every exhibit, dataset and section of the report has its place."""

from __future__ import annotations

import ast
import csv
import json
import re

import pytest
from book import ROOT, Chapter, finished

EXHIBITS = 48
#: Registers that pages of the reference part show, not chapters.
REGISTERS = {"corrections", "glossary", "errata", "events", "facts", "sections", "exchange-rates"}
TYPED = 12  # numbers in a cell that could pass for settings (limits, sizes); more look like data


def package() -> list[dict]:
    return json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))["resources"]


def loaded() -> set[str]:
    """Datasets that some chapter or page of the book loads."""
    sources = [*(ROOT / "chapters").glob("*.md"), *(ROOT / "reference").glob("*.md")]
    return {name for path in sources for name in re.findall(r'load\("([\w-]+)"', path.read_text(encoding="utf-8"))}


def test_all_exhibits_of_the_report_have_their_place() -> None:
    names = [r["name"] for r in package() if re.match(r"(table|figure)-\d", r["name"])]
    assert len(names) == EXHIBITS
    placed = {name for chapter in finished() for name in chapter.figures}
    captions = " ".join(figure["caption"] for chapter in finished() for figure in chapter.figures.values())
    missing = []
    for name in names:
        kind, _, number = name.partition("-")
        label = {"table": "tbl", "figure": "fig"}[kind]
        named = re.search(rf"{kind.title()}s? [\d-]*(?: and )?{number}\b", captions)
        if f"{label}-{number}" not in placed and not named:
            missing.append(name)
    assert not missing, f"without a place: {missing}"


def test_every_dataset_is_used() -> None:
    unused = {resource["name"] for resource in package()} - loaded() - REGISTERS
    assert not unused, f"no chapter loads {sorted(unused)}"


def test_every_section_of_the_report_is_drawn_on() -> None:
    margins = " ".join(
        note for chapter in finished() for note in re.findall(r"(?ms)^`{3}\{margin\}\n(.*?)^`{3}", chapter.text)
    )
    drawn_on = set(re.findall(r"\b\d(?:\.\w+)+\b", margins))
    with (ROOT / "data/sections.csv").open(encoding="utf-8", newline="") as stream:
        sections = {row["id"] for row in csv.DictReader(stream)}
    assert sections <= drawn_on, f"drawn on nowhere: {sorted(sections - drawn_on)}"


@pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)
def test_no_exhibit_is_drawn_from_typed_numbers(chapter: Chapter) -> None:
    """A data frame made in a cell may hold a line to compare with or the frame of a what-if, not a table of values."""
    for cell in chapter.code:
        for call in ast.walk(ast.parse(cell.source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("pd.DataFrame", "pandas.DataFrame"):
                typed = [n for n in ast.walk(call) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
                assert len(typed) < TYPED, (
                    f"{chapter.path.name}: {len(typed)} numbers typed into {ast.unparse(call)[:80]}"
                )

"""Every finished chapter keeps the contract: its parts in order, its exhibits, sections, errata and charts."""

from __future__ import annotations

import ast
import csv
import json
import re
from itertools import pairwise

import pytest
from book import CONTRACT, ROOT, Chapter, chapters, finished, is_core
from reading import parts

each = pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)


def register(name: str) -> list[dict[str, str]]:
    with (ROOT / f"data/{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def exhibits(number: int) -> list[str]:
    """Datasets of the report's exhibits in a chapter, for instance ``table-4-1``."""
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    return [r["name"] for r in package["resources"] if re.match(rf"(table|figure)-{number}-", r["name"])]


def test_stubs_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    stubs = [chapter.path.name for chapter in chapters() if chapter.is_stub]
    with capsys.disabled():
        print(f"\n{len(chapters()) - len(stubs)} chapters written, {len(stubs)} stubs: {', '.join(stubs) or 'none'}")
    for name in stubs:
        assert "This chapter is not written yet" in (ROOT / "chapters" / name).read_text(encoding="utf-8")


@each
def test_one_title_and_no_skipped_level(chapter: Chapter) -> None:
    levels = [level for level, _ in chapter.headings]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each
def test_parts_stand_in_their_order(chapter: Chapter) -> None:
    parts = [text for level, text in chapter.headings if level == 2]
    places = [next((i for i, part in enumerate(parts) if part.startswith(name)), None) for name in CONTRACT]
    missing = [name for name, place in zip(CONTRACT, places, strict=True) if place is None]
    assert not missing, f"{chapter.path.name}: missing parts: {', '.join(missing)}"
    assert places == sorted(places), f"{chapter.path.name}: parts out of order: {parts}"
    questions = [part for part in parts if part.startswith("Question ")]
    assert 3 <= len(questions) <= 5 and all(part.endswith("?") for part in questions)


@each
def test_objectives_and_guess(chapter: Chapter) -> None:
    before = chapter.prose.split("## ")[0]
    assert 3 <= len(re.findall(r"(?m)^\d\. ", before)) <= 5, "three to five objectives stand before the first part"
    assert ":class: guess" in chapter.prose


@each
def test_every_objective_is_exercised(chapter: Chapter) -> None:
    count = len(re.findall(r"(?m)^\d\. ", chapter.prose.split("## ")[0]))
    met = {int(number) for number in re.findall(r"objective-(\d)", chapter.prose)}
    assert met == set(range(1, count + 1)), f"{chapter.path.name}: exercises name objectives {sorted(met)} of {count}"


@each
def test_questions_put_to_an_exhibit_have_folded_answers(chapter: Chapter) -> None:
    answers = re.findall(r"(?m)^:{3,}\{admonition\} Answer\n:class: dropdown", chapter.prose)
    assert len(answers) >= 3, f"{chapter.path.name}: {len(answers)} folded answers"


def length(text: str) -> int:
    """Words of our own: without roles, code and addresses."""
    return len(re.findall(r"[A-Za-z][\w'’-]*", re.sub(r"\{[\w:-]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)", " ", text)))


def core(chapter: Chapter) -> str:
    """The text of the core path."""
    return "\n\n".join(each for part in parts(chapter.prose) if is_core(part.heading) for each in part.paragraphs)


@each
def test_length(chapter: Chapter) -> None:
    assert 2500 <= length(chapter.prose) <= 4500, f"{chapter.path.name}: {length(chapter.prose)} words"
    assert length(core(chapter)) <= 2500, f"{chapter.path.name}: {length(core(chapter))} words on the core path"


@each
def test_reading_times_are_those_of_the_words_and_exhibits(chapter: Chapter) -> None:
    """Two hundred words a minute and half a minute for each exhibit, give or take five minutes."""
    whole, path = (int(n) for n in re.findall(r"\{number\}`(\d+) <our estimate>`", chapter.prose.split("## ")[0])[:2])
    seen = chapter.exhibits_by_part
    for stated, text, shown in (
        (whole, chapter.prose, len(seen)),
        (path, core(chapter), sum(map(is_core, seen))),
    ):
        minutes = length(text) / 200 + shown / 2
        assert abs(stated - minutes) <= 5, f"{chapter.path.name}: says {stated} minutes, takes about {minutes:.0f}"


@each
def test_views_of_its_own(chapter: Chapter) -> None:
    """Figures that are no exhibit of the report, beside the one of the first two minutes."""
    own = [name for name in chapter.figures if not re.match(r"(fig|tbl)-\d-\d+$|.*two-minutes$", name)]
    assert len(own) >= {0: 1, 9: 3}.get(chapter.number, 2), f"{chapter.path.name}: own views {own}"


@each
def test_every_exhibit_stands_in_the_chapter(chapter: Chapter) -> None:
    """An exhibit has a place of its own, or shares one that names it; its rows come from its dataset."""
    code = "\n".join(cell.source for cell in chapter.code)
    captions = " ".join(figure["caption"] for figure in chapter.figures.values())
    for name in exhibits(chapter.number):
        kind, _, number = name.partition("-")
        assert f'load("{name}"' in code, f"{chapter.path.name} never loads {name}"
        label = {"table": "tbl", "figure": "fig"}[kind]
        own = f"{label}-{number}" in chapter.figures
        assert own or re.search(rf"{kind.title()}s? [\d-]*(?: and )?{number}", captions), f"{name} has no place"


@each
def test_every_exhibit_is_referenced_in_the_text(chapter: Chapter) -> None:
    for name in chapter.figures:
        if re.match(r"(fig|tbl)-\d-\d", name):
            shown_where_it_is_discussed = _paragraph_before(chapter, name)
            assert f"(#{name})" in chapter.prose or shown_where_it_is_discussed, f"nothing leads a reader to {name}"


def _paragraph_before(chapter: Chapter, name: str) -> bool:
    """Whether a paragraph of prose, not a heading, stands right before the figure."""
    cells = chapter.notebook.cells
    at = next(i for i, c in enumerate(cells) if c.metadata.get("mystnb", {}).get("figure", {}).get("name") == name)
    before = next((cell for cell in reversed(cells[:at]) if cell.cell_type == "markdown"), None)
    return before is not None and before.source.rstrip().endswith((".", "?", ":"))


@each
def test_every_section_of_the_report_is_drawn_on(chapter: Chapter) -> None:
    margins = " ".join(re.findall(r"(?ms)^`{3}\{margin\}\n(.*?)^`{3}", chapter.text))
    drawn_on = set(re.findall(r"\b\d(?:\.\w+)+\b", margins))
    sections = {row["id"] for row in register("sections") if int(row["chapter"]) == chapter.number}
    assert sections <= drawn_on, f"{chapter.path.name} draws on no part of {sorted(sections - drawn_on)}"
    assert drawn_on <= {row["id"] for row in register("sections")}, "a margin note names an unknown section"


@each
def test_every_high_severity_erratum_is_met(chapter: Chapter) -> None:
    errata = [r["id"] for r in register("errata") if int(r["chapter"]) == chapter.number and r["severity"] == "high"]
    missing = [erratum for erratum in errata if f"{{erratum}}`{erratum}`" not in chapter.prose]
    assert not missing, f"{chapter.path.name} does not meet {', '.join(missing)}"


@each
def test_captions_are_short_and_name_a_source(chapter: Chapter) -> None:
    for name, figure in chapter.figures.items():
        caption = re.sub(r"\{\w+\}`([^`<]*)<?[^`]*`", r"\1", figure["caption"])
        assert len(caption.split()) <= 32, f"{name}: {len(caption.split())} words in the caption"


@each
def test_charts_are_titled_and_described_without_typed_numbers(chapter: Chapter) -> None:
    """The words of a title or description may be typed, its numbers are computed (years and exhibit numbers aside)."""
    for cell in chapter.code:
        if "mystnb" not in cell.metadata or "table" in cell.metadata.get("coursebook", {}):
            continue
        name = cell.metadata["mystnb"]["figure"]["name"]
        texts = _keywords(cell.source)
        assert "title" in texts and "description" in texts, f"{name} needs a title and a description"
        for words in texts["title"] + texts["description"]:
            plain = re.sub(r"\b(?:19|20)\d\ds?\b|\b(?:Figure|Table)s? \d-\d\b|2000 = 100", "", words)
            typed = re.findall(r"\d[\d,.]*%?", plain)
            assert not typed, f"{name}: compute {typed} in {words!r}"


def _keywords(source: str) -> dict[str, list[str]]:
    """Constant parts of the strings given as title and description to a chart."""
    found: dict[str, list[str]] = {}
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call):
            names = {keyword.arg for keyword in call.keywords}
            if not {"title", "description"} <= names:
                continue
            for keyword in call.keywords:
                if keyword.arg in ("title", "description"):
                    parts = [n.value for n in ast.walk(keyword.value) if isinstance(n, ast.Constant)]
                    found[keyword.arg] = [part for part in parts if isinstance(part, str) and len(part) > 12]
    return found

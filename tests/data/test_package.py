"""The data package is valid, complete and documented, and says clearly when it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pybtex.database import parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text
from validation import problems, rows


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the data to break."""
    return Path(shutil.copytree(root / "data", tmp_path / "data"))


def test_package_holds_what_it_promises(root: Path) -> None:
    found = problems(root / "data", root / "references.bib")
    assert not found, "\n" + "\n".join(found)


def test_every_field_of_the_bibliography_can_be_set(root: Path) -> None:
    """A bare percent sign, for instance, stops the build of the book at its very end."""
    broken = []
    for key, entry in parse_file(str(root / "references.bib")).entries.items():
        for name, value in entry.fields.items():
            try:
                Text.from_latex(value)
            except PybtexError as problem:
                broken.append(f"references.bib, {key}, {name}: {problem}")
    assert not broken, "\n".join(broken)


def test_every_section_named_by_a_register_exists(root: Path) -> None:
    sections = {row["id"] for row in rows(root / "data/sections.csv")}
    for register in ("facts", "events", "errata"):
        lost = [
            f"{row['id']} ({row['section']})"
            for row in rows(root / f"data/{register}.csv")
            if row["section"] not in sections
        ]
        assert not lost, f"{register}.csv names sections that sections.csv lacks: {', '.join(lost)}"


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("table-4-1.csv", lambda text: text.replace("308769", "many"), "table-4-1.csv, row 2, column value: type is"),
        ("table-4-1.csv", lambda text: text.replace("\n1,China", "\n1,China\n1,China", 1), "table-4-1.csv, row"),
        ("facts.csv", lambda text: text.replace(",report-only,", ",believed,", 1), "facts.csv, row"),
        ("facts.csv", lambda text: text.replace("id,", "name,", 1), "facts.csv"),
        ("corrections.csv", lambda text: text + "E9-99,table-4-1,country=China,value,1,2\n", "errata.csv has no E9-99"),
        ("new.csv", lambda text: "a,b\n1,2\n", "new.csv: datapackage.json does not describe this file"),
    ],
)
def test_a_broken_file_is_named_with_row_and_column(copy: Path, root: Path, file: str, change, message: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = change(before)
    assert after != before, "the test breaks nothing"
    path.write_text(after, encoding="utf-8")
    assert any(message in line for line in problems(copy, root / "references.bib"))


def test_an_undescribed_column_and_a_missing_file_are_named(copy: Path, root: Path) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    (copy / "table-4-2.csv").unlink()
    for resource in package["resources"]:
        if resource["name"] == "table-4-1":
            del resource["schema"]["fields"][-1]
    path.write_text(json.dumps(package), encoding="utf-8")
    found = "\n".join(problems(copy, root / "references.bib"))
    assert "describes table-4-2.csv, but there is no such file" in found
    assert "table-4-1.csv" in found

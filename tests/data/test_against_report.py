"""With the report at hand (environment variable DUALCIRC_REPORT): every printed value stands in its section, and no
numeral of a section is left without a fact, an event, a table cell or a reason."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from report_text import numerals, sections
from validation import rows

REPORT = os.environ.get("DUALCIRC_REPORT", "")
pytestmark = pytest.mark.skipif(
    not REPORT, reason="DUALCIRC_REPORT names no copy of the report: its text is not ours to publish"
)


@pytest.fixture(scope="module")
def text() -> dict[str, str]:
    return sections(Path(REPORT))


def home(section: str, text: dict[str, str]) -> str:
    """The numbered section that holds a lettered one."""
    while section not in text and "." in section:
        section = section.rsplit(".", 1)[0]
    return section


def test_every_printed_value_stands_in_its_section(root: Path, text: dict[str, str]) -> None:
    known = {section: set(numerals(content)) for section, content in text.items()}
    missing = [
        f"{fact['id']}: {numeral} does not stand in section {fact['section']}"
        for fact in rows(root / "data/facts.csv")
        for numeral in numerals(fact["printed"])
        if numeral not in known.get(home(fact["section"], text), {numeral})
    ]
    assert not missing, "\n".join(missing)


def test_no_numeral_is_left_over(root: Path, text: dict[str, str]) -> None:
    facts, events = rows(root / "data/facts.csv"), rows(root / "data/events.csv")
    reasons = rows(Path(__file__).parent / "not-facts.csv")
    package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    cells: dict[str, set[str]] = {}
    for resource in package["resources"]:
        if "exhibit" in resource or resource["name"].startswith("context-"):
            content = " ".join(" ".join(filter(None, row.values())) for row in rows(root / "data" / resource["path"]))
            cells.setdefault(str(resource["chapter"]), set()).update(numerals(content))
    left = []
    for section, content in text.items():
        mine = [f for f in facts if home(f["section"], text) == section]
        claims = [f[c] for f in mine for c in ("printed", "period", "as_of", "value", "value_max")]
        claims += [e[c] for e in events if home(e["section"], text) == section for c in ("date", "title", "note")]
        claims += [row["token"] for row in reasons if row["section"] == section]
        claimed = set(numerals(" ".join(claims).replace("-", " ").replace("/", " "))) | cells.get(section[0], set())
        left += [f"section {section}: {n}" for n in dict.fromkeys(numerals(content)) if n not in claimed]
    assert not left, "no fact, event, cell or reason claims:\n" + "\n".join(left)

"""Every number in the prose is computed or cited."""

from __future__ import annotations

import csv

import pytest
from book import ROOT, Chapter, finished
from numbers_in_prose import exceptions, unsourced


def names() -> list[str]:
    """Terms of the glossary, expansions included."""
    with (ROOT / "data/glossary.csv").open(encoding="utf-8", newline="") as stream:
        return [word for row in csv.DictReader(stream) for word in (row["term"], row["expansion"]) if word]


@pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)
def test_prose_numbers_come_from_a_fact_or_a_computation(chapter: Chapter) -> None:
    captions = "\n\n".join(figure["caption"] for figure in chapter.figures.values())
    found = unsourced(chapter.prose + "\n\n" + captions, names())
    assert not found, (
        f"{chapter.path.name}: cite a fact, glue a value, or give a reason with {{number}}:\n" + "\n".join(found)
    )


def test_exceptions_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = {chapter.path.name: exceptions(chapter.prose) for chapter in finished()}
    with capsys.disabled():
        total = sum(map(len, reasons.values()))
        print(f"\n{total} numbers stand with a reason: " + ", ".join(f"{k} {len(v)}" for k, v in reasons.items()))
    assert all("<" in text for texts in reasons.values() for text in texts)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("China spent RMB 2.4 trillion.", 2),
        ("It doubled, then fell by half.", 2),
        ("Twelve countries signed.", 1),
        ("In March 2021, the 14th Five-Year Plan named 5G.", 0),
        ("See section 4.1.2, Table 4-1 and chapters 2 and 3.", 0),
        ("{fact}`4-rd-china-2020` and {glue:text}`share:.0f`% and {number}`two dozen <ours>`", 0),
        ("Three ministries asked twice.", 1),
        ("A rate of 7% a year", 1),
    ],
)
def test_the_finder_finds(text: str, count: int) -> None:
    assert len(unsourced(text, ["5G"])) == count

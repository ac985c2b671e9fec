"""The value of a fact is the number that its printed words hold."""

from __future__ import annotations

import re
from pathlib import Path

from validation import rows

_CARDINALS = re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen")
_ORDINALS = re.findall(r"\w+", "first second third fourth fifth sixth seventh eighth ninth tenth")
_WORDS = {
    **{word: value for value, word in enumerate(_CARDINALS)},
    **{word: value for value, word in enumerate(_ORDINALS, start=1)},
    **{"no": 0, "only": 1, "top": 1, "largest": 1, "fastest": 1, "beating": 1, "doubled": 2, "twice": 2, "tripled": 3},
    **{"threefold": 3, "half": 50, "halving": 50, "majority": 50, "decade": 10, "hundreds": 100},
}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
#: Facts whose number is counted or computed from the printed words, and how.
COUNTED = {
    "2-icfund1-companies-listed": "all but one of 81",
    "6-community-buying-delivery": "the day after is one day",
    "7-electronics-focus-countries": "four countries are named",
    "7-geely-brands-ahead": "two makers are named",
    "8-ecra-technologies": "a list that ends at 14 in a circle",
}


def numbers(printed: str) -> set[float]:
    """Every number of a text, in digits or in words, alone and with the scale that follows it."""
    found: set[float] = set()
    for match in re.finditer(r"(\d[\d,]*(?:\.\d+)?)(?:\s+(thousand|million|billion|trillion))?", printed.lower()):
        value = float(match[1].replace(",", ""))
        found |= {value, value * _SCALES.get(match[2], 1)}
    found |= {float(_WORDS[word]) for word in re.findall(r"[a-z]+", printed.lower()) if word in _WORDS}
    return found


def test_values_stand_in_what_is_printed(root: Path) -> None:
    facts = rows(root / "data/facts.csv")
    assert set(COUNTED) <= {fact["id"] for fact in facts}
    off = [
        f"{fact['id']}, {column}: {fact[column]} is not in {fact['printed']!r}"
        for fact in facts
        for column in ("value", "value_max")
        if fact[column] and fact["id"] not in COUNTED and abs(float(fact[column])) not in numbers(fact["printed"])
    ]
    assert not off, "\n".join(off)


def test_the_reader_of_numbers_reads() -> None:
    assert numbers("about 1.6 million of the twelve") == {1.6, 1_600_000, 12}
    assert 1965 not in numbers("in 1964")

"""The report's text, section by section, and the numerals in it; only for those who have the report at hand."""

from __future__ import annotations

import re
from pathlib import Path

_HEADING = re.compile(r"^(\d\.\d(?:\.\d)?)\s")
_CHAPTER = re.compile(r"^(\d) (?:The 14th|Industrial Tech|IP P|Reading|Current|Social|The Expansion|The East)")
# fmt: off
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "dozen": 12, "half": 0.5, "double": 2, "doubled": 2, "triple": 3, "tripled": 3,
    "twice": 2, "quarter": 0.25, "two-thirds": 0.667, "one-third": 0.333, "quadrupled": 4, "twofold": 2,
    "threefold": 3, "tenfold": 10,
}
# fmt: on
_NUMERAL = re.compile(
    r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\d*(?:G\b|th\b|st\b|nd\b|rd\b))|\b(?:"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)
#: The text begins after the imprint; the table of contents and the list of authors are no sections.
_SUMMARY_FROM, _BODY_FROM = 19, 241


def sections(path: Path) -> dict[str, str]:
    """Text of each section by its id in sections.csv (numbered sections, ``n.0`` openings, ``n.c`` conclusions)."""
    found: dict[str, list[str]] = {}
    current = "0.s"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if number < _SUMMARY_FROM:
            continue
        if number < _BODY_FROM:
            if line.startswith("Author List"):
                current = ""
            elif line.strip() == "Introduction" and number > 110:
                current = "0.0"
            elif current[:1] == "0" and (part := re.match(r"^\((\d)\) ", line)):
                current = f"0.{part[1]}"
        elif chapter := _CHAPTER.match(line):
            current = f"{chapter[1]}.0"
            continue
        elif line.startswith("Conclusion"):
            current = f"{current[0]}.c"
        elif (heading := _HEADING.match(line)) and heading[1][0] == current[0]:
            current = heading[1]
        if current:
            found.setdefault(current, []).append(line)
    return {section: "\n".join(lines) for section, lines in found.items()}


def numerals(text: str) -> list[str]:
    """Numerals and number words of a text, each in one normal form: ``2,000`` -> ``2000``, ``twelve`` -> ``12``."""
    return [_normal(match[0].lower().rstrip(",").replace(",", "")) for match in _NUMERAL.finditer(text)]


def _normal(token: str) -> str:
    if token in _WORDS:
        return f"{_WORDS[token]:g}"
    return f"{float(token):g}" if "." in token else str(int(token))

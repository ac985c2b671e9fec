"""Find the numbers of a text that come from nowhere: neither cited, nor computed, nor part of a name or date."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ROLE = re.compile(r"\{[\w:-]+\}`[^`]*`")  # {fact}`...`, {glue:text}`...`, {number}`... <reason>`
_REMOVED = [
    re.compile(r"(?m)^`{3,}\{exercise\} \d\.\d "),  # the number of an exercise
    re.compile(r"(?ms)^(`{3,}|:{3,})\{(code-cell|glossary|bibliography|math|selfcheck)\}.*?^\1\s*$"),
    _ROLE,
    re.compile(r"`[^`\n]*`"),
    re.compile(r"(?m)^ {4,}\S.*$"),  # code in an exercise
    re.compile(r"(?m)^:[\w-]+:.*$"),  # options of directives
    re.compile(r"(?m)^\([\w-]+\)=$"),  # labels
    re.compile(r"\]\([^)]*\)"),
    re.compile(r"<[^>\s]+>"),
    re.compile(r"(?m)^\s*\d+\.\s"),  # list numbers
    re.compile(r"(?m)^# \d "),  # the number of the chapter
    re.compile(r"\bex-\d-\d\b"),  # labels of exercises
]
_PLACES = re.compile(
    r"\b(?:(?:[Ss]ections?|[Cc]hapters?|[Ee]xercises?|[Qq]uestions?|[Pp]arts?|[Ff]igures?|[Tt]ables?|[Ee]rrat(?:um|a))\s+"
    r"(?:E?\d+(?:[.\-–]\w+)*(?:\s*(?:,|and|to|or)\s*)?)+)"
)
_DATES = re.compile(
    r"\b(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)(?: \d{1,2},?)?(?: \d{4})?\b|\b(?:19[4-9]|20[0-4])\d(?:s|[–/-]\d{2,4})?\b"
)
_ORDINALS = re.compile(r"\b\d+(?:st|nd|rd|th)\b")
_SUSPECTS = re.compile(
    r"(?<![\w.])[\d][\d,.]*%?|\b(?:eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozen|half|halves|halved|double|doubled|"
    r"triple|tripled|twice|thrice|quarter|quadrupled|threefold|tenfold|twofold)\b",
    re.IGNORECASE,
)


def unsourced(text: str, names: Iterable[str] = ()) -> list[str]:
    """Numbers of a Markdown text that come from no fact and no computation.

    Args:
        text: MyST Markdown.
        names: terms that may hold digits, for instance ``5G`` or ``Made in China 2025``.

    Returns:
        Each suspect with a few words around it, in the order of the text.
    """
    for pattern in _REMOVED:
        text = pattern.sub(" ", text)
    for name in sorted((n for n in names if re.search(r"\d", n)), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    for pattern in (_PLACES, _DATES, _ORDINALS):
        text = pattern.sub(" ", text)
    return [text[max(0, m.start() - 30) : m.end() + 20].replace("\n", " ").strip() for m in _SUSPECTS.finditer(text)]


def exceptions(text: str) -> list[str]:
    """The numbers that stand with a reason, as written."""
    return re.findall(r"\{number\}`([^`]*)`", text)

"""Chapters as plain sentences: what a reader reads, without markup, with numbers and terms as single short words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_REPLACED = [
    (re.compile(r"(?ms)^(`{3,})\{margin\}.*?^\1\s*$"), " "),
    (re.compile(r"(?ms)^(`{3,}|:{3,})\{(?:bibliography|code-block|math|selfcheck)\}.*?^\1\s*$"), " "),
    (re.compile(r"(?m)^[`:]{3,}.*$"), ""),  # the fences of other directives; their text stays
    (re.compile(r"(?m)^:[\w-]+:.*$"), ""),
    (re.compile(r"(?m)^\([\w.-]+\)=$"), ""),
    (re.compile(r"(?m)^#{1,6} .*$"), ""),
    (re.compile(r"(?m)^\|.*\|$"), ""),
    (re.compile(r"(?m)^ {4,}\S.*$"), ""),
    (re.compile(r"\{(?:fact|glue:text|number)\}`[^`]*`"), "7"),
    (re.compile(r"\{term\}`[^`]*`"), "term"),
    (re.compile(r"\{zh\}`[^`]*`|\[[\u3400-\u9fff]+\]\{[^}]*\}"), ""),
    (re.compile(r"\{cite(?::p|p)?\}`[^`]*`|\{erratum\}`[^`]*`"), ""),
    (re.compile(r"\{[\w:-]+\}`[^`]*`"), "name"),
    (re.compile(r"`[^`\n]*`"), "code"),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}"), ""),
    (re.compile(r"\(\s*[,;\s]*\)"), ""),
]
_SENTENCE_END = re.compile(r"(?<=[.!?;:])[\"”’)]*\s+(?=[A-Z“\"(‘0-9])|\n\s*\n|\n(?=\s*(?:[-*]|\d\.) )")
_WORD = re.compile(r"[A-Za-z0-9][\w'’.,&%-]*")
_ABBREVIATION = re.compile(r"\b[A-Z][A-Z&]+\b")


@dataclass(frozen=True)
class Part:
    """A second-level part of a chapter and its paragraphs, as Markdown."""

    heading: str
    paragraphs: list[str]


def parts(prose: str) -> list[Part]:
    """The parts of a chapter, in their order; what stands before the first heading has the heading ``""``."""
    pieces = re.split(r"(?m)^## (.+)$", prose)
    named = zip(["", *pieces[1::2]], pieces[::2], strict=True)
    return [Part(heading.strip(), re.split(r"\n\s*\n", text)) for heading, text in named]


def plain(text: str, terms: Iterable[str] = ()) -> str:
    """Markdown as a reader hears it.

    Args:
        text: MyST Markdown.
        terms: names of the glossary; each counts as one short word, because a reader can look it up.
    """
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    for term in sorted(terms, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(term)}(?!\w)", "term", text)
    return text.strip()


def sentences(text: str) -> list[str]:
    """Sentences of a plain text; a list item is one, and so is each half around a colon or semicolon."""
    return [" ".join(each.split()) for each in _SENTENCE_END.split(text) if len(words(each)) > 1]


def words(sentence: str) -> list[str]:
    """Words and numbers of a sentence."""
    return _WORD.findall(sentence)


def unknown_abbreviations(text: str, known: set[str]) -> list[str]:
    """Abbreviations of a paragraph that are neither known nor spelled out beside it, in the order of the text."""
    found = dict.fromkeys(_ABBREVIATION.findall(text))
    return [each for each in found if each not in known and f"({each})" not in text]

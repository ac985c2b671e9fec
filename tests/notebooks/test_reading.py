"""Chapters read easily: short sentences, a moderate reading level, few unknown abbreviations, words that exist."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest
import textstat
from book import ROOT, Chapter, finished
from reading import parts, plain, sentences, unknown_abbreviations, words
from spellchecker import SpellChecker

HARDEST_GRADE = 12  # Flesch-Kincaid, of any second-level part
LONGEST_SENTENCE = 35  # words
#: Abbreviations that every reader of English knows.
COMMON = {"US", "USA", "UK", "EU", "UN", "USD", "RMB", "JPY", "CEO", "CSV", "OK", "AND", "OR", "NOT", "A", "B"}

each = pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)


@cache
def glossary() -> list[dict[str, str]]:
    with (ROOT / "data/glossary.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def terms() -> set[str]:
    return {word for row in glossary() for word in (row["term"], row["expansion"]) if word}


@each
def test_no_sentence_is_too_long(chapter: Chapter) -> None:
    long = [
        f"{len(words(sentence))} words: {sentence[:120]} ..."
        for part in parts(chapter.prose)
        for sentence in sentences(plain("\n\n".join(part.paragraphs)))
        if len(words(sentence)) > LONGEST_SENTENCE
    ]
    assert not long, f"{chapter.path.name}:\n" + "\n".join(long)


@each
def test_no_part_is_too_hard(chapter: Chapter) -> None:
    hard = []
    for part in parts(chapter.prose):
        text = " ".join(sentences(plain("\n\n".join(part.paragraphs), terms())))
        grade = textstat.flesch_kincaid_grade(text) if len(words(text)) > 40 else 0
        if grade > HARDEST_GRADE:
            hard.append(f"{part.heading or 'before the first part'}: grade {grade:.1f}")
    assert not hard, f"{chapter.path.name}: shorter sentences and words, please:\n" + "\n".join(hard)


@each
def test_abbreviations_are_introduced(chapter: Chapter) -> None:
    """A paragraph holds at most one abbreviation that the page has not linked to the glossary or spelled out."""
    known, crowded = set(COMMON), []
    for part in parts(chapter.prose):
        for paragraph in part.paragraphs:
            known |= set(re.findall(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`", paragraph))
            known |= set(re.findall(r"\(([A-Z][A-Z&]+)\)", paragraph))
            unknown = unknown_abbreviations(plain(paragraph), known)
            if len(unknown) > 1:
                crowded.append(", ".join(unknown))
            known |= set(unknown)
    assert not crowded, f"{chapter.path.name}: link these to the glossary at first use: " + "; ".join(crowded)


@each
def test_words_exist(chapter: Chapter) -> None:
    text = plain(chapter.prose, terms())
    seen = set(re.findall(r"(?<![\w'’-])[a-z]{3,}(?![\w'’-])", text))
    strange = sorted(spelling().unknown(seen))
    assert not strange, f"{chapter.path.name}: unknown to the dictionary, the glossary and words.txt: {strange}"


@cache
def spelling() -> SpellChecker:
    """An English dictionary with the words of the glossary and of `words.txt`."""
    checker = SpellChecker(language="en")
    own = (ROOT / "tests/notebooks/words.txt").read_text(encoding="utf-8").split()
    described = " ".join(row["definition"] + " " + row["expansion"] + " " + row["term"] for row in glossary())
    checker.word_frequency.load_words([*own, *re.findall(r"[a-z]+", described.lower())])
    return checker


def test_the_reader_of_sentences_reads() -> None:
    text = "It spent {fact}`x` on {term}`R&D`. It [grew](#fig-4-1): see `load`. **Twice** as much; *more*."
    assert sentences(plain(text)) == [
        "It spent 7 on term.", "It grew: see code.", "Twice as much; more.",
    ]  # fmt: skip
    assert unknown_abbreviations("The WTO and the CNIPA (CNIPA) met NASA.", {"NASA"}) == ["WTO"]

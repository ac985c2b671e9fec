"""What the formats share: points, sentences around a question, spellings of an answer, letters for an order."""

from __future__ import annotations

import re
from string import ascii_uppercase

from coursebook.quizzes import Choice, Question
from coursebook.selfcheck import GRADES, amount


def points(question: Question) -> int:
    """A guess is not marked; the levels of a rubric are 0 to 3 points; all else is one point."""
    return {"guess": 0, "open": len(GRADES) - 1}.get(question.kind, 1)


def asked(question: Question) -> str:
    """The question's text, with what the page around it would tell: where the data are, and the unit."""
    parts = [question.question]
    if question.kind == "number" and question.see:
        parts.append(f"Look it up in {shown(question)}.")
    if question.answer is not None:
        parts.append(f"Answer with a number{f' ({question.unit})' if question.unit else ''}.")
    return "\n\n".join(parts)


def shown(question: Question) -> str:
    """A link to what settles the question; `Words` gives it its name."""
    return f"[]({question.see})" if question.see else ""


def because(question: Question) -> str:
    """Why the answer is what it is, and where to look."""
    see = f"What settles it: {shown(question)}." if question.see else ""
    by = f"Ordered by {question.by}." if question.by else ""
    return "\n\n".join(part for part in (by, question.why, see) if part)


def rubric(question: Question) -> str:
    """The model answer and the levels of the rubric with their points."""
    levels = [
        f"- {place} ({grade}): {text}" for place, (grade, text) in enumerate(zip(GRADES, question.rubric, strict=True))
    ]
    return "\n\n".join(["**An answer to compare with**", question.model, "**Points**", "\n".join(levels)])


def mistaken(question: Question, choice: Choice) -> str:
    """The wrong answer that a common mistake gives."""
    return choice.text if choice.value is None else amount(choice.value, question.unit)


def spellings(answers: list[str] | tuple[str, ...]) -> list[str]:
    """Answers as people write them, for platforms that compare letter by letter: with and without punctuation."""
    found: dict[str, str] = {}
    for answer in answers:
        for text in (answer, re.sub(r"[^\w]+", " ", answer)):
            found.setdefault(text.strip().casefold(), text.strip())
    return [text for text in found.values() if text]


def lettered(question: Question) -> tuple[list[tuple[str, str]], str]:
    """The items of an order under letters, and the letters in the right order (never simply the alphabet)."""
    items = sorted(question.items)
    if tuple(items) == question.items:
        items.reverse()
    letters = dict(zip(items, ascii_uppercase, strict=False))
    return [(letter, item) for item, letter in letters.items()], "".join(letters[item] for item in question.items)

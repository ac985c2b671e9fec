"""A hand-out to print and write on, and the key to it; both as Markdown, from which `words.page` makes HTML."""

from __future__ import annotations

from collections.abc import Callable

from coursebook.lms.parts import asked, because, lettered, mistaken, points, rubric
from coursebook.lms.words import COMMONMARK, Words, hanging
from coursebook.quizzes import Choice, Question
from coursebook.selfcheck import amount

# What each kind becomes, and what is lost.
KINDS = {
    "one": "boxes to tick; hints are in the key",
    "many": "boxes to tick; as above",
    "number": "a line to write on; as above",
    "text": "a line to write on; as above",
    "order": "a line for the letters of the items; as above",
    "guess": "a line to write on before reading, no points",
    "open": "six lines to write on, 3 points",
}
LINE = "___"  # a rule; print shows it as a line to write on
LINES_OF_OPEN = 6
STYLE = """\
body { font: 11pt/1.45 Georgia, "Noto Serif CJK SC", serif; max-width: 42em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; }
ol > li { margin-bottom: 1.2em; break-inside: avoid; }
li ul { list-style: none; padding-left: 1.2em; }
li li { margin-bottom: 0.3em; text-indent: -1.2em; padding-left: 1.2em; }
hr { border: 0; border-bottom: 1px solid; height: 1.9em; margin: 0; }
code, pre { font-size: 0.9em; white-space: pre-wrap; }
a { color: inherit; }
@page { margin: 2cm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def question(asks: Question, words: Words, place: int) -> str:
    """One question with room for its answer."""

    def line(text: str) -> str:
        return words.markdown(text, COMMONMARK)

    parts = [_head(asks, words)]
    if asks.kind in ("one", "many"):
        parts.append("\n".join(hanging("-", f"☐ {line(choice.text)}") for choice in asks.choices))
    elif asks.kind == "order":
        items, _ = lettered(asks)
        parts.append("\n".join(hanging("-", f"**{letter}** {line(item)}") for letter, item in items))
        parts.append("Letters in the right order:")
    if asks.kind not in ("one", "many"):
        parts += [LINE] * (LINES_OF_OPEN if asks.kind == "open" else 1)
    return hanging(f"{place}.", "\n\n".join(parts))


def key(asks: Question, words: Words, place: int) -> str:
    """One question with its answer, the reasons, and the misreading behind each wrong answer."""

    def line(text: str) -> str:
        return words.markdown(text, COMMONMARK)

    def wrong(choice: Choice) -> str:
        known = words.book.misconceptions.get(choice.misconception)
        return f" *{line(known['name'])}.* {line(known['about'])}" if known else ""

    parts = [_head(asks, words)]
    if asks.kind in ("one", "many"):
        boxes = [
            f"{'☑' if each.right else '☐'} {line(each.text)} → {line(each.why)}{wrong(each)}" for each in asks.choices
        ]
    else:
        parts.append(line(rubric(asks)) if asks.kind == "open" else f"**Answer:** {line(_ANSWERS[asks.kind](asks))}")
        boxes = [f"Not {line(mistaken(asks, each))} → {line(each.why)}{wrong(each)}" for each in asks.choices]
    parts.append("\n".join(hanging("-", box) for box in boxes))
    parts += [line(text) for text in (because(asks), f"Hint: {asks.hint}" if asks.hint else "") if text]
    parts.append(f"`{asks.id}`, objective {asks.objective}, reads {asks.reads}")
    return hanging(f"{place}.", "\n\n".join(filter(None, parts)))


def document(title: str, about: str, questions: list[str], name: bool = False) -> str:
    """A whole sheet; `name` asks for the name of who fills it in."""
    head = [f"# {title}", about, *(["Name:", LINE] if name else [])]
    return "\n\n".join([*head, *questions]) + "\n"


def total(questions: list[Question]) -> str:
    """How many questions, how many points."""
    return f"{len(questions)} questions, {sum(map(points, questions))} points."


def _head(asks: Question, words: Words) -> str:
    worth = points(asks)
    mark = "Before you read, no points" if not worth else f"{worth} point{'s' if worth > 1 else ''}"
    return f"*({mark})* {words.markdown(asked(asks), COMMONMARK)}"


def _number(asks: Question) -> str:
    room = f", give or take {amount(asks.tolerance, asks.unit)}" if asks.tolerance else ""
    return amount(asks.answer or 0, asks.unit) + room


_ANSWERS: dict[str, Callable[[Question], str]] = {
    "number": _number,
    "guess": _number,
    "text": lambda asks: "; or: ".join(asks.answers),
    "order": lambda asks: f"{lettered(asks)[1]}: {', '.join(asks.items)}",
}

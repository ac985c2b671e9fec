"""The route without code: a form to print or fill in, its numeric questions for an LMS, and the key to both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from coursebook.quizzes import Question, QuizError, questions
from coursework import paper
from coursework.source import Cell, Part, Source
from coursework.versions import heading, overview
from coursework.words import CourseworkError

BLANK = "\\_" * 12
Write = Callable[..., str]
KEY = "**Key. It stands on no page of the book; keep it as you keep an examination.**"
WORDS = "*Write your answer here, or in a document of your own.*"


def asked(
    source: Source, values: paper.Values, others: Sequence[paper.Values] = (), misconceptions: Sequence[str] = ()
) -> dict[str, list[Question]]:
    """The questions of each part, computed.

    Args:
        source: the assignment.
        values: names of the paper.
        others: names of other papers: what a numeric question is when another seed asks it.
        misconceptions: known ids; with none given, any is taken.

    Raises:
        CourseworkError: with file and question.
    """
    found = {}
    for part, entries in source.reader.items():
        try:
            found[part] = questions(
                entries_for(entries, values, others), f"{source.name}.yml", _no_data, misconceptions
            )
        except QuizError as problem:
            raise CourseworkError(str(problem)) from problem
    return found


def entries_for(
    entries: Sequence[dict[str, Any]], values: paper.Values, others: Sequence[paper.Values] = ()
) -> list[dict[str, Any]]:
    """Entries in the quizzes' format: with the paper's names, and as siblings those of other papers."""
    made = []
    for entry in entries:
        kept = {key: value for key, value in entry.items() if key != "points"} | {"place": "end"}
        if entry["kind"] == "number":
            named = {"with": paper.for_questions(values), "siblings": [paper.for_questions(each) for each in others]}
            made.append(kept | named)
        else:
            made.append(_filled(kept, paper.for_questions(values)))
    return made


def _filled(content: Any, names: dict[str, str]) -> Any:
    """An entry of a kind that knows no `with`, its names filled in."""
    if isinstance(content, dict):
        return {key: _filled(value, names) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(each, names) for each in content]
    if isinstance(content, str):
        for name, value in names.items():
            content = content.replace("{" + name + "}", value)
    return content


def _no_data(name: str) -> Any:
    raise QuizError(f'cells: {name}: the paper cell computes; write `answer: "{{_name}}"`')


def form(source: Source, values: paper.Values) -> str:
    """The form as Markdown: texts of the reader route, questions with room for a number, places to write."""
    return _document(source, values, "Name: " + BLANK, lambda cell: f"{_room(cell)}\n\n{WORDS}", _blank)


def key(source: Source, values: paper.Values) -> str:
    """Answers, tolerances, common mistakes, model answers, rubrics and scored samples, as Markdown."""
    return _document(source, values, KEY, lambda cell: _rubric(source, cell, values), _answered)


def _document(source: Source, values: paper.Values, top: str, words: Write, number: Write) -> str:
    asks = asked(source, values)
    blocks = [overview(source, "reader"), top]
    here: Part | None = None
    for part, cell in source.cells("reader"):
        if part and part is not here:
            blocks.append(heading(source, part, "reader"))
            here = part
        if cell.role == "text":
            blocks.append(_in_text(source, cell, paper.public(values)))
        elif cell.role == "words":
            blocks.append(words(cell))
        if part and cell.route == "reader" and part.id in asks:  # after the first text that is for readers alone
            worth = {entry["id"]: entry["points"] for entry in source.reader[part.id]}
            blocks += [number(question, worth[question.id]) for question in asks.pop(part.id)]
    return "\n\n".join(blocks) + "\n"


def _in_text(source: Source, cell: Cell, values: paper.Values) -> str:
    try:
        return paper.in_text(cell.source, values)
    except CourseworkError as problem:
        raise CourseworkError(f"{source.path.name}, cell {cell.id}: {problem}") from problem


def _blank(question: Question, points: float) -> str:
    return f"*{_points(points)}.* {question.question}\n\nAnswer: {BLANK} {question.unit}".rstrip()


def right(question: Question) -> str:
    """What the key says is right."""
    answer = (
        f"{question.answer:.6g} {question.unit}" if question.answer is not None else "; or: ".join(question.answers)
    )
    return f"Answer: {answer}" + (f", give or take {question.tolerance:.3g}" if question.tolerance else "")


def _answered(question: Question, points: float) -> str:
    lines = [f"*{_points(points)}.* {question.question}", f"**{right(question)}.** {question.why}"]
    for wrong in question.choices:
        shown = wrong.text if wrong.value is None else f"{wrong.value:.6g}"
        lines.append(f"- Not {shown}: {wrong.why}" + (f" ({wrong.misconception})" if wrong.misconception else ""))
    return "\n\n".join(lines)


def _points(points: float) -> str:
    return f"{points:g} point" + "s" * (points != 1)


def _room(cell: Cell) -> str:
    return f"*{_points(cell.points)}, read by a person.*"


def _rubric(source: Source, cell: Cell, values: paper.Values) -> str:
    rubric = paper.fill_all(source.rubrics[cell.id], values)
    blocks = [_room(cell), f"**A model answer.** {_in_text(source, cell, values)}"]
    blocks.append("\n".join(f"- {_points(level['points'])}: {level['sees']}" for level in rubric["levels"]))
    for sample in rubric["samples"]:
        blocks.append(f"> {' '.join(sample['answer'].split())}\n>\n> **{_points(sample['points'])}.** {sample['why']}")
    return "\n\n".join(blocks)

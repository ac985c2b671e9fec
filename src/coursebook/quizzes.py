"""Questions of self-checks: read from YAML, checked, their answers computed from the data they ask about.

The format is described where a book keeps its questions (here `exercises/quizzes/README.md`). Nothing in this module
knows Sphinx: pages, exports and tests use the same questions.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("one", "many", "number", "text", "order", "guess", "open")
PLACES = ("guess", "part-1", "part-2", "end")
READS = ("text", "chart", "data")
LEVELS = 4  # of a rubric
_COMMON = {"id", "kind", "place", "objective", "looks_back", "reads", "question", "hint", "see", "why"}
_COMPUTED = {"with", "answer", "cells", "unit", "siblings", "mistakes"}
_ALLOWED = {
    "one": _COMMON | {"choices"},
    "many": _COMMON | {"choices"},
    "number": _COMMON | _COMPUTED | {"tolerance"},
    "guess": _COMMON | _COMPUTED | {"low", "high"},
    "text": _COMMON | {"answers", "mistakes"},
    "order": _COMMON | {"items", "by"},
    "open": _COMMON | {"model", "rubric"},
}
_SLOT = re.compile(r"(?<![\w^\\])\{([A-Za-z_]\w*)\}(?!`)")  # of a text: not a role, not a subscript
_CHOICE = {"text", "why", "right", "misconception"}
_MISTAKE = {"answer", "why", "misconception"}
_MISTAKE_IN_WORDS = {"answers", "why", "misconception"}
_CELL = {"dataset", "where", "column", "take"}
_NEEDED = {
    "one": {"choices"},
    "many": {"choices"},
    "number": {"answer", "unit", "why"},
    "guess": {"answer", "unit", "why", "low", "high"},
    "text": {"answers", "why"},
    "order": {"items", "by", "why"},
    "open": {"model", "rubric"},
}


class QuizError(ValueError):
    """A file of questions says something that cannot be; the message names file, question and key."""


@dataclass(frozen=True)
class Choice:
    """One answer to choose, or one common mistake: its text or value, whether it is right, and what to say."""

    text: str
    why: str
    right: bool = False
    misconception: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Question:
    """One question, complete: placeholders filled in, answers computed.

    Attributes: `choices` of one and many, and the common mistakes of number and text; `answer` of number and guess;
    `tolerance` in the answer's unit; `answers` of text; `items` of order, in the right order; `rubric` of open, weakest
    first. `siblings` are the same question asked of other entities or years.
    """

    id: str
    kind: str
    place: str
    objective: int
    reads: str
    question: str
    looks_back: int | None = None
    hint: str = ""
    see: str = ""
    why: str = ""
    choices: tuple[Choice, ...] = ()
    answer: float | None = None
    unit: str = ""
    tolerance: float = 0.0
    low: float | None = None
    high: float | None = None
    answers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    by: str = ""
    model: str = ""
    rubric: tuple[str, ...] = ()
    siblings: tuple[Question, ...] = field(default=(), repr=False)


Loader = Callable[[str], "pd.DataFrame"]


def read_quiz(path: Path, load: Loader, misconceptions: Iterable[str] = ()) -> list[Question]:
    """The questions of one file.

    Args:
        path: a YAML file with the key `questions`.
        load: gives the rows of a dataset, all cells as text.
        misconceptions: known ids; with none given, any is taken.

    Raises:
        QuizError: with file, question and key.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as problem:
        raise QuizError(f"{path.name}: not YAML: {' '.join(str(problem).split())}") from problem
    entries = content.get("questions") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise QuizError(f"{path.name}: needs a list under the key questions")
    return questions(entries, path.name, load, misconceptions)


def questions(
    entries: Iterable[dict[str, Any]], name: str, load: Loader, misconceptions: Iterable[str] = ()
) -> list[Question]:
    """The questions of a list that is read already; `name` is what messages call it. Else as `read_quiz`."""
    known = set(misconceptions)
    found: list[Question] = []
    for number, entry in enumerate(entries, start=1):
        asked = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
        try:
            found.append(_question(entry, load, known))
        except (QuizError, KeyError, TypeError, ValueError) as problem:
            said = problem.args[0] if isinstance(problem, (QuizError, KeyError)) and problem.args else problem
            raise QuizError(f"{name}, question {asked}: {said}") from problem
        if [each.id for each in found].count(found[-1].id) > 1:
            raise QuizError(f"{name}, question {asked}: the id stands twice")
    return found


def _question(entry: dict[str, Any], load: Loader, known: set[str]) -> Question:
    _check_keys(entry)
    kind = entry["kind"]
    siblings = tuple(
        _filled({**entry, "with": values}, load, known, number)
        for number, values in enumerate(entry.get("siblings", []), start=1)
    )
    question = _filled(entry, load, known)
    if kind in ("one", "many"):
        right = sum(choice.right for choice in question.choices)
        if (kind == "one" and right != 1) or not right or len(question.choices) < 2:
            raise QuizError(f"choices: {right} of {len(question.choices)} are right")
    return Question(**{**question.__dict__, "siblings": siblings})


def _check_keys(entry: dict[str, Any]) -> None:
    if not isinstance(entry, dict):
        raise QuizError("is no mapping of keys to values")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise QuizError(f"kind: {kind!r}; there are {', '.join(KINDS)}")
    needed = {"id", "place", "objective", "reads", "question"} | _NEEDED[kind]
    if missing := sorted(needed - entry.keys()):
        raise QuizError(f"needs the key {', '.join(missing)}")
    if unknown := sorted(entry.keys() - _ALLOWED[kind]):
        raise QuizError(f"key {', '.join(unknown)} is not one of a question of kind {kind}")
    for key, allowed in (("place", PLACES), ("reads", READS)):
        if entry[key] not in allowed:
            raise QuizError(f"{key}: {entry[key]!r}; there are {', '.join(allowed)}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(entry["id"])):
        raise QuizError("id: lower-case words, digits and hyphens only")
    for number, choice in enumerate(entry.get("choices", []), start=1):
        _check_part(choice, f"choices, number {number}", _CHOICE)
    for number, mistake in enumerate(entry.get("mistakes", []), start=1):
        _check_part(mistake, f"mistakes, number {number}", _MISTAKE_IN_WORDS if kind == "text" else _MISTAKE)
    for name, cell in entry.get("cells", {}).items():
        _check_part(cell, f"cells, {name}", _CELL)
    if kind == "open" and len(entry["rubric"]) != LEVELS:
        raise QuizError(f"rubric: {len(entry['rubric'])} levels; it takes {LEVELS}")
    if kind == "order" and len(set(entry["items"])) != len(entry["items"]):
        raise QuizError("items: one stands twice")


def _check_part(part: Any, place: str, allowed: set[str]) -> None:
    """Refuse unknown keys: YAML cuts a text without quotes at a comma, and makes a key of the rest."""
    if not isinstance(part, dict):
        raise QuizError(f"{place}: {part!r} is no mapping of keys to values")
    if unknown := [key for key in part if key not in allowed]:
        quotes = "; a text with a comma or a colon needs quotes" if "why" in allowed else ""
        raise QuizError(f"{place}: {unknown[0]!r} is none of the keys {', '.join(sorted(allowed))}{quotes}")
    for key in ("text", "why"):
        if key in part and isinstance(part[key], (bool, dict, list, type(None))):
            raise QuizError(f"{place}: {key} is {part[key]!r}, not a text; put it in quotes")


def _filled(entry: dict[str, Any], load: Loader, known: set[str], sibling: int = 0) -> Question:
    """The question with its placeholders replaced and its answers computed."""
    values = {str(key): str(value) for key, value in entry.get("with", {}).items()}
    fill = _filler(values)
    cells = {name: _cell(cell, load, fill) for name, cell in entry.get("cells", {}).items()}
    answer = _computed(fill(entry["answer"]), cells, "answer") if "answer" in entry else None
    mistakes = [
        _choice({**each, "text": ", ".join(each.get("answers", []))}, known, fill, cells)
        for each in entry.get("mistakes", [])
    ]
    choices = [_choice(each, known, fill, cells) for each in entry.get("choices", [])]
    return Question(
        id=entry["id"] + (f"-{sibling}" if sibling else ""),
        kind=entry["kind"],
        place=entry["place"],
        objective=int(entry["objective"]),
        reads=entry["reads"],
        question=fill(entry["question"]).strip(),
        looks_back=entry.get("looks_back"),
        hint=fill(entry.get("hint", "")),
        see=str(entry.get("see", "")),
        why=fill(entry.get("why", "")),
        choices=(*choices, *mistakes),
        answer=answer,
        unit=fill(entry.get("unit", "")),
        tolerance=_tolerance(entry.get("tolerance", 0), answer),
        low=entry.get("low"),
        high=entry.get("high"),
        answers=tuple(map(str, entry.get("answers", ()))),
        items=tuple(map(str, entry.get("items", ()))),
        by=str(entry.get("by", "")),
        model=fill(entry.get("model", "")),
        rubric=tuple(map(str, entry.get("rubric", ()))),
    )


def _filler(values: dict[str, str]) -> Callable[[Any], str]:
    """Replaces `{name}` by its value; other braces (roles of MyST, formulas) stay.

    A name that is none of the values is an error, where there are values at all.
    """

    def fill(text: Any) -> str:
        text = str(text)
        for slot in _SLOT.finditer(text) if values else ():
            if slot[1] not in values:
                raise QuizError(f"with: {slot[0]} stands in a text and has no value; there are {', '.join(values)}")
        return _SLOT.sub(lambda slot: values[slot[1]], text) if values else text

    return fill


def _choice(entry: dict[str, Any], known: set[str], fill: Callable[[Any], str], cells: dict[str, float]) -> Choice:
    misconception = entry.get("misconception", "")
    if known and misconception and misconception not in known:
        raise QuizError(f"misconception: {misconception!r} is not in the list")
    if "why" not in entry:
        raise QuizError(f"the answer {entry.get('text') or entry.get('answer')!r} needs the key why")
    value = _computed(fill(entry["answer"]), cells, "mistakes") if "answer" in entry else None
    return Choice(fill(entry.get("text", "")), fill(entry["why"]), bool(entry.get("right")), misconception, value)


def _tolerance(stated: Any, answer: float | None) -> float:
    if isinstance(stated, str) and stated.endswith("%"):
        return abs(answer or 0) * float(stated[:-1]) / 100
    return float(stated)


def _cell(cell: dict[str, Any], load: Loader, fill: Callable[[Any], str]) -> float:
    """The value of one cell of a dataset, or of several rows taken together."""
    rows = load(cell["dataset"])
    for column, wanted in cell.get("where", {}).items():
        if column not in rows.columns:
            raise QuizError(f"cells: {cell['dataset']} has no column {column}")
        texts = {fill(each) for each in (wanted if isinstance(wanted, list) else [wanted])}
        rows = rows[rows[column].isin(texts)]
    if cell["column"] not in rows.columns:
        raise QuizError(f"cells: {cell['dataset']} has no column {cell['column']}")
    take = cell.get("take")
    if take == "count":
        return float(len(rows))
    import pandas as pd  # late, as in `selfcheck`

    numbers = pd.to_numeric(rows[cell["column"]]).dropna()
    if take in ("sum", "mean", "min", "max"):
        return float(getattr(numbers, take)())
    if take is not None or len(numbers) != 1:
        raise QuizError(
            f"cells: {len(numbers)} rows of {cell['dataset']} match {cell.get('where')}; take sum, mean, ...?"
        )
    return float(numbers.iloc[0])


_OPERATIONS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max, "round": round}


def _computed(expression: Any, cells: dict[str, float], key: str) -> float:
    """The value of an arithmetic expression over cells; nothing but arithmetic is understood."""
    try:
        return float(_value(ast.parse(str(expression), mode="eval").body, cells))
    except (SyntaxError, ZeroDivisionError) as problem:
        raise QuizError(f"{key}: {expression!r} cannot be computed ({problem})") from problem


def _value(node: ast.AST, cells: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if name in cells:
            return cells[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, cells)
        case ast.BinOp(op=how, left=left, right=right) if type(how) in _OPERATIONS:
            return _OPERATIONS[type(how)](_value(left, cells), _value(right, cells))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(each, cells) for each in args))
    raise QuizError(f"{ast.unparse(node)!r} is neither a cell nor arithmetic; cells: {', '.join(cells) or 'none'}")

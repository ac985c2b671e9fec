"""One seed's paper: the names that the paper cell leaves, and how they get into code and texts."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pandas as pd

from coursework.seeds import Draw
from coursework.words import CourseworkError

# `{{ name }}` or `{{ name:.1f }}`
_SLOT = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*(?::([^{}\s]+))?\s*\}\}")
_DIGITS = 12  # of a number: the last ones differ between processors

Values = Mapping[str, Any]


def run(code: str, seed: str, assignment: str) -> dict[str, Any]:
    """Run a paper cell and return the names it leaves; modules, functions and classes are left out.

    Raises:
        CourseworkError: the cell fails; names the line.
    """
    names: dict[str, Any] = {"draw": Draw(seed, assignment)}
    try:
        exec(compile(code, "<paper>", "exec"), names)
    except Exception as problem:  # the cell may fail in any way
        line = _line(problem)
        raise CourseworkError(f"paper cell, line {line}: {type(problem).__name__}: {problem}") from problem
    aside = (ModuleType, FunctionType, type, Draw)
    kept = {name: value for name, value in names.items() if name != "__builtins__" and not isinstance(value, aside)}
    return {name: value for name, value in kept.items() if not callable(value)}


def _line(problem: BaseException) -> int:
    trace, line = problem.__traceback__, getattr(problem, "lineno", 0) or 0
    while trace:
        if trace.tb_frame.f_code.co_filename == "<paper>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def public(values: Values) -> dict[str, Any]:
    """The names that the student sees."""
    return {name: value for name, value in values.items() if not name.startswith("_")}


def cell(values: Values) -> str:
    """The paper cell as the student gets it: literals, and nothing of how they were chosen."""
    lines = [f"{name} = {literal(value, name)}" for name, value in public(values).items()]
    imports = ["import io", "", "import pandas as pd", ""] if any(map(_is_table, public(values).values())) else []
    return "\n".join(
        [*imports, "# What this paper asks about. Leave it as it is: the checks expect these values.", *lines]
    )


def literal(value: Any, name: str) -> str:
    """Python that makes a value: a number, text, list, dictionary, or a data frame (then with `io` and `pd` imported).

    Raises:
        CourseworkError: the value is of another kind, or a table that CSV does not keep.
    """
    if _is_table(value):
        return _table_literal(value, name)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(each, name) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k, name)}: {literal(v, name)}" for k, v in value.items()) + "}"
    value = _plain(value)
    if isinstance(value, float):
        return repr(float(f"{value:.{_DIGITS}g}"))
    if value is None or isinstance(value, str | int):
        return repr(value)
    raise CourseworkError(
        f"paper cell: `{name}` is a {type(value).__name__}; make it a number, text, list or DataFrame, "
        "or start its name with an underscore if only the paper cell needs it"
    )


def _table_literal(table: pd.DataFrame, name: str) -> str:
    text = table.to_csv(index=False, float_format=f"%.{_DIGITS}g", lineterminator="\n")
    try:
        pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), table, check_dtype=False, rtol=1e-9)
    except AssertionError as problem:
        reason = str(problem).strip().splitlines()[0]
        raise CourseworkError(
            f"paper cell: CSV does not keep the data frame `{name}` ({reason}): "
            "reset its index, turn text of digits into numbers"
        ) from problem
    return f'pd.read_csv(io.StringIO("""\\\n{text}"""))'


def shown(value: Any, form: str = "") -> str:
    """A value as a text prints it: lists as "a, b and c", tables as Markdown tables, `form` as in f-strings."""
    if _is_table(value):
        return _markdown(value)
    if isinstance(value, list | tuple):
        words = [shown(each, form) for each in value]
        return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
    return format(_plain(value), form)


def _markdown(table: pd.DataFrame) -> str:
    numbers = [pd.api.types.is_numeric_dtype(table[column]) for column in table.columns]
    head = [" | ".join(map(str, table.columns)), " | ".join("---:" if number else "---" for number in numbers)]
    rows = [" | ".join("" if pd.isna(cell) else shown(cell) for cell in row) for row in table.itertuples(index=False)]
    return "\n".join(f"| {line} |" for line in [*head, *rows])


def in_text(text: str, values: Values) -> str:
    """A text with its slots filled."""
    return _fill(text, values, shown)


def in_code(text: str, values: Values) -> str:
    """Code with its slots filled: a literal, or words where the slot has a format."""
    return _fill(text, values, lambda value, form: shown(value, form) if form else literal(value, "slot"))


def _fill(text: str, values: Values, write: Any) -> str:
    def fill(slot: re.Match[str]) -> str:
        name, form = slot[1], slot[2] or ""
        if name not in values:
            near = f"the paper cell makes {', '.join(sorted(values)) or 'no names'}"
            raise CourseworkError(f"{slot[0]}: no such name here; {near}")
        try:
            return write(values[name], form)
        except (TypeError, ValueError) as problem:
            raise CourseworkError(f"{slot[0]}: {problem}") from problem

    return _SLOT.sub(fill, text)


def fill_all(content: Any, values: Values) -> Any:
    """Parsed YAML with the slots of its texts filled."""
    if isinstance(content, dict):
        return {key: fill_all(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [fill_all(each, values) for each in content]
    return in_text(content, values) if isinstance(content, str) else content


def for_questions(values: Values) -> dict[str, str]:
    """The names as the quizzes' `with` takes them: what `{name}` stands for. Numbers, texts and lists of them."""
    plain = {name: _plain(value) for name, value in values.items()}
    return {
        name: f"{value:.{_DIGITS}g}" if isinstance(value, float) else shown(value)
        for name, value in plain.items()
        if isinstance(value, str | int | float | list | tuple)
    }


def _is_table(value: Any) -> bool:
    return isinstance(value, pd.DataFrame)


def _plain(value: Any) -> Any:
    """A value of numpy or pandas as Python's own type."""
    return value.item() if isinstance(value, np.generic) else value

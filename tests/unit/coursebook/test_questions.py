"""Questions are read whole, their answers computed from cells, and every mistake in a file is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coursebook.quizzes import QuizError, read_quiz

ROWS = pd.DataFrame({"who": ["A", "A", "B"], "year": ["2000", "2001", "2000"], "v": ["2", "3", "8"]})
BASE = {"id": "1-a", "place": "end", "objective": 1, "reads": "data", "question": "How many?"}
NUMBER = {
    **BASE,
    "kind": "number",
    "question": "What is {who} in percent? See {term}`R&D`.",
    "with": {"who": "A"},
    "cells": {
        "a": {"dataset": "d", "where": {"who": "{who}", "year": 2000}, "column": "v"},
        "all": {"dataset": "d", "where": {"year": 2000}, "column": "v", "take": "sum"},
    },
    "answer": "a / all * 100",
    "unit": "%",
    "tolerance": "5%",
    "why": "A part of the whole.",
    "mistakes": [{"answer": "a", "misconception": "level-share", "why": "That is the level."}],
    "siblings": [{"who": "B"}],
}
CHOICE = {**BASE, "kind": "one", "choices": [{"text": "x", "why": "yes", "right": True}, {"text": "y", "why": "no"}]}


def read(folder: Path, *entries: dict[str, Any]) -> list[Any]:
    path = folder / "quiz.yml"
    path.write_text(yaml.safe_dump({"questions": list(entries)}), encoding="utf-8")
    return read_quiz(path, lambda name: {"d": ROWS}[name], {"level-share"})


def test_an_answer_is_computed_and_so_are_mistakes_and_siblings(tmp_path: Path) -> None:
    (question,) = read(tmp_path, NUMBER)
    assert question.answer == 20 and question.tolerance == 1
    assert question.question == "What is A in percent? See {term}`R&D`."
    assert question.choices[0].value == 2
    assert question.siblings[0].answer == 80 and question.siblings[0].id == "1-a-1"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**NUMBER, "kind": "guessing"}, "question 1-a: kind: 'guessing'"),
        ({key: value for key, value in NUMBER.items() if key != "unit"}, "needs the key unit"),
        ({**NUMBER, "colour": "red"}, "key colour is not one"),
        ({**NUMBER, "why": "The share of {firm}."}, "{firm} stands in a text and has no value; there are who"),
        ({**NUMBER, "answer": "a / none"}, "'none' is neither a cell nor arithmetic"),
        ({**NUMBER, "answer": "__import__('os')"}, "neither a cell nor arithmetic"),
        ({**NUMBER, "answer": "a / 0"}, "cannot be computed"),
        ({**NUMBER, "cells": {"a": {"dataset": "d", "where": {"who": "A"}, "column": "v"}}}, "2 rows of d match"),
        ({**NUMBER, "cells": {"a": {"dataset": "d", "where": {"what": "A"}, "column": "v"}}}, "no column what"),
        ({**NUMBER, "cells": {"a": {"dataset": "e", "column": "v"}}}, "question 1-a: e"),
        ({**NUMBER, "mistakes": [{"answer": "a", "misconception": "unheard-of", "why": "x"}]}, "'unheard-of'"),
        ({**CHOICE, "choices": [{"text": "x", "why": "no"}, {"text": "y", "why": "no"}]}, "0 of 2 are right"),
        ({**CHOICE, "choices": [{"text": "x", "right": True}]}, "needs the key why"),
        (
            {**NUMBER, "mistakes": [{"answer": "a", "why": "That is the level", "not the share.": None}]},
            "mistakes, number 1: 'not the share.' is none of the keys answer, misconception, why; a text with a comma",
        ),
        (
            {**CHOICE, "choices": [*CHOICE["choices"], {"text": "z", "why": "no", "cause": 1}]},
            "choices, number 3: 'cause'",
        ),
        ({**CHOICE, "choices": [{"text": True, "why": "no"}]}, "choices, number 1: text is True, not a text"),
        ({**CHOICE, "choices": ["x", "y"]}, "choices, number 1: 'x' is no mapping"),
        ({**NUMBER, "cells": {"a": {"dataset": "d", "columns": "v"}}}, "cells, a: 'columns' is none of the keys"),
        ({**CHOICE, "id": "Not an id"}, "id: lower-case"),
        ({**CHOICE, "place": "nowhere"}, "place: 'nowhere'"),
        ({**BASE, "kind": "open", "model": "m", "rubric": ["a"]}, "rubric: 1 levels"),
        ({**BASE, "kind": "order", "items": ["a", "a"], "by": "x", "why": "y"}, "one stands twice"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, entry: dict[str, Any], said: str) -> None:
    with pytest.raises(QuizError) as problem:
        read(tmp_path, entry)
    assert "quiz.yml, question" in str(problem.value) and said in str(problem.value)


def test_a_comma_without_quotes_is_found_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "quiz.yml"
    lines = yaml.safe_dump({"questions": [CHOICE]}).replace("why: 'no'", "why: no")
    path.write_text(
        lines.replace("- text: y\n    why: no", "- {text: y, why: It is the level, not the share}"), encoding="utf-8"
    )
    assert "{text" in path.read_text(encoding="utf-8")
    with pytest.raises(QuizError, match=r"quiz.yml, question 1-a: choices, number 2: 'not the share' is none"):
        read_quiz(path, dict)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(QuizError, match="stands twice"):
        read(tmp_path, CHOICE, CHOICE)


@pytest.mark.parametrize(
    ("text", "said"), [("questions: [", "not YAML"), ("[]", "needs a list"), ("questions: []", "needs a list")]
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "quiz.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuizError, match=f"quiz.yml: {said}"):
        read_quiz(path, dict)

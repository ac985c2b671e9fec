"""The questions of every chapter: valid, computed from the data, ten of them, and fair in what they say."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from coursebook.quizzes import Question, read_quiz
from coursebook.selfcheck import dataset
from dualcirc import load

ROOT = Path(__file__).resolve().parents[2]
QUIZZES = sorted((ROOT / "exercises/quizzes").glob("*.yml"))
PLACES = {"guess": 1, "part-1": 1, "part-2": 1, "end": 7}
SHORTEST, LONGEST = 8, 45  # words of feedback
SIBLINGS = 5
MET_IN = 3  # chapters, for each misconception

each = pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)


@cache
def misconceptions() -> dict[str, dict[str, str]]:
    return yaml.safe_load((ROOT / "exercises/misconceptions.yml").read_text(encoding="utf-8"))


@cache
def quiz(path: Path) -> list[Question]:
    """The questions of a file; reading them computes every answer, mistake and sibling from the data."""
    return read_quiz(path, cache(lambda name: dataset(ROOT / "data/datapackage.json", name)), misconceptions())


def chapter(path: Path) -> int:
    return int(path.stem[0])


def words(text: str) -> int:
    return len(re.findall(r"[\w'’%.-]+", re.sub(r"\{[\w:-]+\}`([^`<]*)[^`]*`", r"\1", text)))


def feedback(question: Question) -> list[str]:
    return [text for text in (question.why, *(choice.why for choice in question.choices)) if text]


@each
def test_ten_questions_at_their_places(path: Path) -> None:
    assert Counter(question.place for question in quiz(path)) == PLACES
    assert all(question.id.startswith(f"{chapter(path)}-") for question in quiz(path))


@each
def test_three_look_back_on_earlier_chapters(path: Path) -> None:
    looks = [question.looks_back for question in quiz(path) if question.looks_back is not None]
    if chapter(path) == 0:
        assert not looks
        return
    assert len(looks) == 3 and all(back < chapter(path) for back in looks)
    assert {chapter(path) - 1, max(chapter(path) - 2, 0)} <= set(looks)


@each
def test_kinds_and_what_is_read_vary(path: Path) -> None:
    kinds = Counter(question.kind for question in quiz(path))
    assert kinds["open"] == 1 and kinds["guess"] == 1
    assert {"one", "many", "number"} <= kinds.keys() and {"order", "text"} & kinds.keys()
    assert sum(question.reads in ("chart", "data") for question in quiz(path)) >= 4


@each
def test_every_objective_is_asked_about(path: Path) -> None:
    text = (ROOT / "chapters" / f"{path.stem}.md").read_text(encoding="utf-8")
    objectives = len(re.findall(r"(?m)^\d\. ", text.split("\n## ")[0]))
    own = {question.objective for question in quiz(path) if question.looks_back is None}
    assert set(range(1, objectives + 1)) == own, f"objectives asked about: {sorted(own)} of {objectives}"


@each
def test_feedback_is_neither_curt_nor_long(path: Path) -> None:
    bad = [f"{q.id}: {words(text)} words: {text}" for q in quiz(path) for text in feedback(q)]
    bad = [line for line in bad if not SHORTEST <= int(line.split(": ")[1].split()[0]) <= LONGEST]
    assert not bad, "\n".join(bad)


@each
def test_feedback_to_a_wrong_answer_does_not_give_the_right_one(path: Path) -> None:
    for question in quiz(path):
        right = [choice.text for choice in question.choices if choice.right and len(choice.text) > 3]
        right += [text for text in question.answers if len(text) > 3]
        right += [f"{question.answer:g}", f"{question.answer:,.0f}"] if question.kind == "number" else []
        for choice in question.choices:
            told = [
                text
                for text in right
                if re.search(rf"(?<![\w.]){re.escape(text.lower())}(?![\w.]\w)", choice.why.lower())
            ]
            assert choice.right or not told, f"{question.id}: {choice.why!r} gives away {told}"


@each
def test_the_right_answer_is_not_betrayed_by_its_place_or_length(path: Path) -> None:
    ones = [question.choices for question in quiz(path) if question.kind == "one"]
    firsts = sum(choices[0].right for choices in ones)
    longest = sum(max(choices, key=lambda choice: len(choice.text)).right for choices in ones)
    assert firsts < len(ones) or len(ones) == 1
    assert longest < len(ones) or len(ones) == 1


@each
def test_computed_questions_have_siblings(path: Path) -> None:
    for question in quiz(path):
        if question.kind == "number":
            asked = {sibling.question for sibling in question.siblings} - {question.question}
            assert len(asked) >= SIBLINGS, f"{question.id} has {len(asked)} siblings that differ from it"
            assert not any("{" + "period}" in text for text in asked)


def recomputed(question: dict[str, Any]) -> float:
    """The answer by another way than the book's: rows from `dualcirc.load`, selected by pandas, computed by Python."""
    cells = {}
    for name, cell in question["cells"].items():
        rows = load(cell["dataset"]).astype(str)
        for column, wanted in cell.get("where", {}).items():
            wanted = wanted if isinstance(wanted, list) else [wanted]
            rows = rows[rows[column].isin([str(value).format(**question.get("with", {})) for value in wanted])]
        values = rows[cell["column"]].replace({"": None, "nan": None, "<NA>": None})
        cells[name] = (
            values.count() if cell.get("take") == "count" else values.astype(float).agg(cell.get("take", "max"))
        )
        assert "take" in cell or len(rows) == 1, f"{question['id']}, {name}: {len(rows)} rows"
    return float(eval(str(question["answer"]), {}, cells))  # our own files, in a test


@each
def test_the_page_asks_for_what_the_data_say(path: Path, site: Path) -> None:
    page = BeautifulSoup((site / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8"), "html.parser")
    computed = [each for each in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"] if "cells" in each]
    assert computed
    for question in computed:
        shown = page.select_one(f"[data-question='{question['id']}']")
        assert shown, f"{question['id']} is not on the page"
        assert float(shown["data-answer"]) == pytest.approx(recomputed(question)), question["id"]


@each
def test_a_wrong_answer_names_what_it_misreads(path: Path) -> None:
    used = {choice.misconception for question in quiz(path) for choice in question.choices if choice.misconception}
    assert len(used) >= 6, f"{path.stem} uses {sorted(used)}"


@each
def test_what_settles_a_question_exists(path: Path) -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "chapters").glob("*.md"))
    for question in quiz(path):
        if question.kind not in ("guess",):
            assert question.see, f"{question.id} names nothing that settles it"
        label = question.see.removeprefix("#")
        assert not label or f"name: {label}" in pages or f"({label})=" in pages or f":label: {label}" in pages, (
            f"{question.id}: nothing is called {label}"
        )


@each
def test_the_chapter_shows_its_questions(path: Path) -> None:
    text = (ROOT / "chapters" / f"{path.stem}.md").read_text(encoding="utf-8")
    for place in (*PLACES, "recall"):
        assert re.search(rf"\{{selfcheck\}} \.\./exercises/quizzes/{path.stem}\.yml\n:place: {place}\n", text), place


def test_ids_are_unique_in_the_book() -> None:
    ids = Counter(question.id for path in QUIZZES for question in quiz(path))
    assert not [name for name, count in ids.items() if count > 1]


def test_misconceptions_are_met_again(capsys: pytest.CaptureFixture[str]) -> None:
    met: dict[str, set[int]] = {name: set() for name in misconceptions()}
    for path in QUIZZES:
        for question in quiz(path):
            for choice in question.choices:
                if choice.misconception:
                    met[choice.misconception].add(chapter(path))
    with capsys.disabled():
        print("\nmisconceptions by chapters: " + ", ".join(f"{name} {len(chapters)}" for name, chapters in met.items()))
    if len(QUIZZES) == 10:
        rare = {name: sorted(chapters) for name, chapters in met.items() if len(chapters) < MET_IN}
        assert not rare, f"met in fewer than {MET_IN} chapters: {rare}"

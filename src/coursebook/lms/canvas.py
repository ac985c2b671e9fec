"""Questions in the plain text that text2qti turns into QTI 1.2 as Canvas reads it (pypi.org/project/text2qti)."""

from __future__ import annotations

import re

from coursebook.lms.parts import asked, because, lettered, mistaken, points, rubric, spellings
from coursebook.lms.words import PYTHON_MARKDOWN, LmsError, Words, hanging
from coursebook.quizzes import Question

# What each kind becomes, and what is lost.
KINDS = {
    "one": "multiple choice; the hint is shown with a wrong answer, not before a second try",
    "many": "multiple answers, the point shared by Canvas's own rule; the hint as above",
    "number": "numerical with tolerance; lost: the reply to one common mistake (a wrong answer shows all of them), "
    "more than four decimals, readings such as `3.8 bn`",
    "text": "fill in the blank, case ignored, spellings with and without punctuation; replies to mistakes as above",
    "order": "fill in the blank with the letters of the items; lost: moving items, parts of the point",
    "guess": "left out: as for Moodle, and Canvas has no question without points",
    "open": "essay, 3 points; model and rubric are shown after the answer; lost: notes for graders (see the key)",
}
SMALLEST = 1e-4  # Canvas rounds what is nearer to zero


def question(asks: Question, words: Words, place: int) -> str:
    """One question; empty for a guess.

    Args:
        asks: the question.
        words: of its book.
        place: its number.

    Raises:
        LmsError: Canvas could not ask it.
    """
    if asks.kind == "guess":
        return ""

    def part(mark: str, text: str) -> list[str]:
        return [hanging(mark, words.markdown(text, PYTHON_MARKDOWN))] if text else []

    lines = [f"Title: {asks.id}", f"Points: {points(asks)}"]
    if asks.kind in ("one", "many"):
        lines += part(f"{place}.", asked(asks)) + part("...", because(asks)) + part("-", asks.hint)
        for at, choice in enumerate(asks.choices):
            letter = f"{'*' if choice.right else ''}{chr(97 + at % 26)})"
            box = "[*]" if choice.right else "[ ]"
            lines += part(letter if asks.kind == "one" else box, choice.text) + part("...", choice.why)
    elif asks.kind == "open":
        lines += part(f"{place}.", asked(asks)) + part("...", f"{rubric(asks)}\n\n{because(asks)}") + ["____"]
    else:
        text, answers = asked(asks), spellings(asks.answers)
        if asks.kind == "order":
            items, solution = lettered(asks)
            text += "\n\n" + "\n".join(f"- {letter}: {item}" for letter, item in items)
            text += "\n\nWrite the letters in the right order, without spaces."
            answers = [solution, " ".join(solution), ", ".join(solution), ",".join(solution)]
        wrong = "\n".join(f"- If you wrote {mistaken(asks, each)}: {each.why}" for each in asks.choices)
        lines += part(f"{place}.", text) + part("+", because(asks))
        lines += part("-", "\n\n".join(filter(None, (asks.hint, wrong))))
        lines += [_numerical(asks)] if asks.kind == "number" else [f"*   {answer}" for answer in answers]
    return "\n".join(lines)


def _numerical(asks: Question) -> str:
    answer, tolerance = asks.answer or 0.0, asks.tolerance
    low, high = answer - tolerance, answer + tolerance
    if abs(answer) < SMALLEST:
        raise LmsError(
            f"the answer is {answer:g}; Canvas takes none nearer to zero than {SMALLEST}: ask in another unit"
        )
    if min(abs(low), abs(high)) >= SMALLEST:
        return f"=   {answer:.12g} +- {tolerance:.12g}"
    low, high = (SMALLEST, high) if answer > 0 else (low, -SMALLEST)
    return f"=   [{low:.12g}, {high:.12g}]"


def document(title: str, about: str, questions: list[str], marked: bool = False) -> str:
    """A whole quiz.

    Args:
        title: of the quiz.
        about: one sentence for those who take it.
        questions: as `question` and `pool` write them.
        marked: whether Canvas keeps the right answers to itself.
    """
    head = [f"Quiz title: {title}", f"Quiz description: {about}", "shuffle answers: true"]
    head.append(f"show correct answers: {'false' if marked else 'true'}")
    return "\n".join(head) + "\n\n" + "\n\n".join(filter(None, questions)) + "\n"


def pool(questions: list[str]) -> str:
    """A group of which Canvas asks one question, another for each student."""
    return "GROUP\npick: 1\npoints per question: 1\n\n" + "\n\n".join(questions) + "\n\nEND_GROUP"


def package(text: str) -> bytes:
    """The QTI zip of a quiz.

    Raises:
        LmsError: text2qti does not take it; the message names the question.
        ImportError: text2qti is not installed.
    """
    from text2qti.config import Config
    from text2qti.err import Text2qtiError
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz

    try:
        return QTI(Quiz(text, config=Config())).zip_bytes()
    except Text2qtiError as problem:
        said = str(problem)
        line = int(found[1]) if (found := re.search(r"on line (\d+)", said)) else 0
        titles = re.findall(r"(?m)^Title: (.+)$", "\n".join(text.split("\n")[:line]))
        reason = " ".join(re.sub(r"In <string> on line \d+:", "", said).split())
        raise LmsError(f"question {titles[-1] if titles else '?'}: text2qti does not take it: {reason}") from problem

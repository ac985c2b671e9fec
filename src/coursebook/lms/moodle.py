"""Questions as Moodle XML, the format of Moodle's question bank (docs.moodle.org/en/Moodle_XML_format)."""

from __future__ import annotations

from html import escape

from coursebook.lms.parts import asked, because, points, rubric, spellings
from coursebook.lms.words import LmsError, Words
from coursebook.quizzes import Question

# What each kind becomes, and what is lost.
KINDS = {
    "one": "`multichoice`; nothing lost",
    "many": "`multichoice` with parts of the point; wrong ticks take away (ticking all gives none); nothing lost",
    "number": "`numerical` with tolerance and the reply to each common mistake; lost: readings such as `3.8 bn`",
    "text": "`shortanswer`, case ignored, spellings with and without punctuation; nothing else lost",
    "order": "`ordering` (Moodle 4.4, or the plug-in before), or `matching` with `--matching`; nothing lost",
    "guess": "left out: nobody can know the answer yet, and it means nothing without the chapter's end",
    "open": "`essay`, 3 points, model and rubric for graders and, after the answer, for students; marked by hand",
}
MOST = 10  # right or wrong answers: Moodle knows the parts of 100 down to a tenth


def question(asks: Question, words: Words, matching: bool = False) -> str:
    """One `question` element; empty for a guess.

    Args:
        asks: the question.
        words: of its book.
        matching: write an order as pairs of item and place, for a Moodle that has no `ordering`.
    """
    if asks.kind == "guess":
        return ""
    kind = "matching" if asks.kind == "order" and matching else _TYPES[asks.kind]
    feedback = "\n\n".join(filter(None, (because(asks), rubric(asks) if asks.kind == "open" else "")))
    tags = [f"objective-{asks.objective}", f"reads-{asks.reads}"]
    parts = [
        f'<question type="{kind}">',
        f"<name>{_text(asks.id)}</name>",
        _html("questiontext", words.html(asked(asks))),
        _html("generalfeedback", words.html(feedback)),
        f"<defaultgrade>{points(asks)}</defaultgrade>",
        f"<penalty>{0 if asks.kind == 'open' else 0.3333333}</penalty>",
        "<hidden>0</hidden>",
        f"<idnumber>{asks.id}</idnumber>",
        *_BODIES[kind](asks, words),
        *([_html("hint", words.html(asks.hint))] if asks.hint and asks.kind != "open" else []),
        "<tags>" + "".join(f"<tag>{_text(tag)}</tag>" for tag in tags) + "</tags>",
        "</question>",
    ]
    return "\n".join(parts)


def category(path: list[str], about: str) -> str:
    """The element that puts the questions after it into a category; the names go from the outermost inwards."""
    names = "/".join(["$course$", "top", *(name.replace("/", "//") for name in path)])
    info = f'<info format="plain_text">{_text(about)}</info>'
    return (
        f'<question type="category">\n<category>{_text(names)}</category>\n{info}\n<idnumber></idnumber>\n</question>'
    )


def document(elements: list[str]) -> str:
    """A whole file."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n\n".join(filter(None, elements)) + "\n</quiz>\n"


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _text(text: str) -> str:
    return f"<text>{escape(text, quote=False)}</text>"


def _html(name: str, html: str, attributes: str = "", more: str = "") -> str:
    return f'<{name}{attributes} format="html"><text>{_cdata(html)}</text>{more}</{name}>'


def _number(value: float) -> str:
    return f"{value:.12g}"


def _choices(asks: Question, words: Words) -> list[str]:
    right = sum(choice.right for choice in asks.choices)
    wrong = len(asks.choices) - right
    if asks.kind == "many" and max(right, wrong) > MOST:
        raise LmsError(f"{max(right, wrong)} choices share the points; Moodle takes at most {MOST}")
    loss = -100 / wrong if asks.kind == "many" and wrong else 0
    lines = [
        f"<single>{'true' if asks.kind == 'one' else 'false'}</single>",
        "<shuffleanswers>true</shuffleanswers>",
        "<answernumbering>abc</answernumbering>",
        *_combined(),
    ]
    for choice in asks.choices:
        fraction = 100 / right if choice.right else loss
        reply = _html("feedback", words.html(choice.why))
        lines.append(_html("answer", words.html(choice.text), f' fraction="{fraction:.7g}"', reply))
    return lines


def _combined() -> list[str]:
    """Sentences for whole answers; ours stand with each choice, and Moodle wants the elements."""
    names = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
    return [*(_html(name, "") for name in names), "<shownumcorrect/>"]


def _answer(text: str, fraction: int, reply: str, more: str = "") -> str:
    content = f"{_text(text)}{_html('feedback', reply)}{more}"
    return f'<answer fraction="{fraction}" format="moodle_auto_format">{content}</answer>'


def _numerical(asks: Question, words: Words) -> list[str]:
    right = _answer(_number(asks.answer or 0), 100, "", f"<tolerance>{_number(asks.tolerance)}</tolerance>")
    lines = [right]
    for choice in asks.choices:
        value = choice.value or 0
        # As on the page: a common mistake is met within the tolerance, and at least within a hundredth.
        room = f"<tolerance>{_number(max(asks.tolerance, abs(value) / 100))}</tolerance>"
        lines.append(_answer(_number(value), 0, words.html(choice.why), room))
    return lines


def _short(asks: Question, words: Words) -> list[str]:
    def literal(text: str) -> str:
        return text.replace("*", r"\*")  # else it stands for any letters

    lines = ["<usecase>0</usecase>"]
    lines += [_answer(literal(text), 100, "") for text in spellings(asks.answers)]
    for choice in asks.choices:
        lines += [_answer(literal(text), 0, words.html(choice.why)) for text in spellings(choice.text.split(", "))]
    return lines


def _ordering(asks: Question, words: Words) -> list[str]:
    settings = {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": len(asks.items),
        "gradingtype": "ABSOLUTE_POSITION",
        "showgrading": "SHOW",
        "numberingstyle": "none",
    }
    lines = [f"<{name}>{value}</{name}>" for name, value in settings.items()]
    places = enumerate(asks.items, start=1)
    return [*lines, *_combined(), *(_html("answer", words.html(item), f' fraction="{at}"') for at, item in places)]


def _matching(asks: Question, words: Words) -> list[str]:
    pairs = [
        _html("subquestion", words.html(item), "", f"<answer>{_text(str(place))}</answer>")
        for place, item in enumerate(asks.items, start=1)
    ]
    return ["<shuffleanswers>true</shuffleanswers>", *_combined(), *pairs]


def _essay(asks: Question, words: Words) -> list[str]:
    settings = {
        "responseformat": "editor",
        "responserequired": 1,
        "responsefieldlines": 10,
        "attachments": 0,
        "attachmentsrequired": 0,
    }
    lines = [f"<{name}>{value}</{name}>" for name, value in settings.items()]
    return [*lines, _html("graderinfo", words.html(rubric(asks))), _html("responsetemplate", "")]


_TYPES = {
    "one": "multichoice",
    "many": "multichoice",
    "number": "numerical",
    "text": "shortanswer",
    "order": "ordering",
    "open": "essay",
}
_BODIES = {
    "multichoice": _choices,
    "numerical": _numerical,
    "shortanswer": _short,
    "ordering": _ordering,
    "matching": _matching,
    "essay": _essay,
}

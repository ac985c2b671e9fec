"""Self-checks in a page: the directive ``{selfcheck}`` puts the questions of a quiz file where they belong.

    ```{selfcheck} ../exercises/quizzes/4-science-rivalry.yml
    :place: part-1
    ```

`place` is one of those of `coursebook.quizzes`, or `recall`: there the reader's guess comes back beside the value.
Without scripts a page shows each question with its answer folded under it; `selfcheck.js` makes it answer back. All
that it needs stands in the page: no kernel, no server, and nothing is sent anywhere.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator

from coursebook.provenance import read_corrections, register_files
from coursebook.quizzes import PLACES, Question, QuizError, read_quiz
from coursebook.tables import read_csv, read_package
from coursebook.warnings import Kind, warn

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = ("a guess", "fairly sure", "sure")
GRADES = ("not yet", "partly", "mostly", "fully")


class element(nodes.General, nodes.TextElement):
    """An HTML element around its children; other builders see the children alone, and nothing of a form control."""


def tag(name: str, /, *children: nodes.Node, **attributes: str | None) -> element:
    """An element; `class_` and `for_` stand for `class` and `for`, underscores for hyphens, None for a bare name."""
    written = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return element("", "", *children, tag=name, attributes=written)


class SelfCheck(SphinxDirective):
    """``{selfcheck} file`` with ``:place:`` : the questions of a file that stand at that place."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "place": lambda text: directives.choice(text, (*PLACES, "recall")),
    }

    def run(self) -> list[nodes.Node]:
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        for each in register_files(self.env.app):
            self.env.note_dependency(str(each))
        read = self.env.temp_data.setdefault("coursebook_quizzes", {})  # of this page
        try:
            if path not in read:
                read[path] = read_quiz(Path(path), self._rows, misconceptions(self.env.app))
            questions = read[path]
        except (QuizError, OSError) as problem:
            warn(Kind.QUIZ, str(problem), self.get_location())
            return []
        place = self.options.get("place", "end")
        if place == "recall":
            return [_recall(each) for each in questions if each.kind == "guess"]
        found = [self._question(each) for each in questions if each.place == place]
        if not found:
            warn(Kind.QUIZ, f"{Path(path).name} has no question for {place}", self.get_location())
        return [*found, *([tag("div", class_="selfcheck-tools")] if place == "end" else [])]

    def _rows(self, name: str) -> pd.DataFrame:
        package, _ = register_files(self.env.app)
        self.env.note_dependency(str(package.parent / f"{name}.csv"))
        return dataset(package, name)

    def _block(self, text: str) -> list[nodes.Node]:
        return self.parse_text_to_nodes(text)

    def _inline(self, text: str) -> list[nodes.Node]:
        parsed = self.parse_text_to_nodes(text)
        single = len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph)
        return list(parsed[0].children) if single else parsed

    def _question(self, question: Question) -> element:
        config = self.config
        store = f"{config.html_title or config.project} {config.release}".strip()
        name = f"q-{question.id}"
        parts = [tag("div", *self._block(question.question), class_="selfcheck-question", id=f"{name}-text")]
        parts += _INPUTS[question.kind](self, question, name)
        if question.hint:
            parts.append(tag("div", *self._block(question.hint), class_="selfcheck-hint", hidden=None))
        parts.append(tag("div", class_="selfcheck-feedback", role="status"))
        parts.append(self._answer(question))
        data = {"kind": question.kind, "question": question.id, "store": store, **_settings(question)}
        attributes = {f"data_{key}": value for key, value in data.items()}
        return tag("div", *parts, class_="selfcheck", id=name, **attributes)

    def _answer(self, question: Question) -> element:
        """The answer and its reasons, folded; what the script says is taken from here."""
        lines: list[nodes.Node] = []
        for place, choice in enumerate(question.choices):
            label = self._inline(choice.text) if question.kind in ("one", "many", "text") and choice.text else []
            said = [tag("span", *self._inline(choice.why), class_="selfcheck-why")]
            right = [tag("strong", nodes.Text("Right: "))] if choice.right else []
            between = " " if choice.text.rstrip().endswith((".", "?", "!")) else ": "
            before = [*right, *([tag("em", *label), nodes.Text(between)] if label else [])]
            attributes = {"data_choice": str(place)} | ({"data_right": None} if choice.right else {})
            if choice.value is not None:
                attributes["data_value"] = repr(choice.value)
                before = [nodes.Text(f"{amount(choice.value, question.unit)}: ")]
            lines.append(tag("li", *before, *said, **attributes))
        parts: list[nodes.Node] = [tag("summary", nodes.Text("Answer and reasons"))]
        if key := _key(question):
            parts.append(tag("p", tag("strong", nodes.Text(key)), class_="selfcheck-key"))
        if question.why:
            parts.append(tag("div", *self._block(question.why), class_="selfcheck-because"))
        if lines:
            parts.append(tag("ul", *lines))
        if question.model:
            parts.append(tag("div", *self._block(question.model), class_="selfcheck-model"))
            grades = zip(GRADES, question.rubric, strict=True)
            parts.append(tag("ol", *(tag("li", nodes.Text(f"{grade}: {text}")) for grade, text in grades)))
        if question.see:
            parts.append(
                tag("p", nodes.Text("What settles it: "), *self._inline(_link(question.see)), class_="selfcheck-see")
            )
        if question.looks_back is not None:
            parts.append(tag("p", nodes.Text(f"Looks back on chapter {question.looks_back}.")))
        answer = tag("details", *parts, class_="selfcheck-answer")
        if question.looks_back is None:
            answer["classes"].append(f"objective-{question.objective}")  # `objectives` says it
        return answer


def _link(label: str) -> str:
    """A link in MyST: a figure, table or exercise by that word, since its title is long, anything else by its title."""
    words = {"#fig-": "this figure", "#tbl-": "this table", "#ex-": "this exercise"}
    return f"[{next((word for start, word in words.items() if label.startswith(start)), '')}]({label})"


def _key(question: Question) -> str:
    if question.kind in ("number", "guess"):
        return amount(question.answer or 0, question.unit)
    if question.kind == "text":
        return question.answers[0]
    return f"Ordered by {question.by}: {', '.join(question.items)}" if question.kind == "order" else ""


def _settings(question: Question) -> dict[str, str]:
    """What the script must know to judge an answer."""
    found: dict[str, str] = {}
    if question.answer is not None:
        found |= {"answer": repr(question.answer), "tolerance": repr(question.tolerance), "unit": question.unit}
    if question.low is not None and question.high is not None:
        found |= {"low": repr(float(question.low)), "high": repr(float(question.high))}
    if question.answers:
        found["answers"] = json.dumps(question.answers, ensure_ascii=False)
        wrong = [choice.text.split(", ") for choice in question.choices]
        found["mistakes"] = json.dumps(wrong, ensure_ascii=False)
    if question.items:
        found["order"] = json.dumps(question.items, ensure_ascii=False)
    return found


def _group(name: str, *children: nodes.Node, role: str = "group") -> element:
    return tag("div", *children, class_="selfcheck-inputs", role=role, aria_labelledby=f"{name}-text")


def _choices(directive: SelfCheck, question: Question, name: str) -> list[element]:
    kind = "radio" if question.kind == "one" else "checkbox"
    labels = [
        tag(
            "label",
            tag("input", type=kind, name=name, value=str(place)),
            tag("span", *directive._inline(choice.text)),
            class_="selfcheck-choice",
        )
        for place, choice in enumerate(question.choices)
    ]
    return [_group(name, *labels, role="radiogroup" if kind == "radio" else "group")]


def _line(directive: SelfCheck, question: Question, name: str) -> list[element]:
    words = f"Your answer ({question.unit})" if question.unit else "Your answer"
    control = tag("input", type="text", name=name, autocomplete="off", autocapitalize="off", spellcheck="false")
    return [_group(name, tag("label", tag("span", nodes.Text(words)), control, class_="selfcheck-line"))]


def _guess(directive: SelfCheck, question: Question, name: str) -> list[element]:
    sure = [
        tag(
            "label",
            tag("input", type="radio", name=f"{name}-sure", value=str(place)),
            tag("span", nodes.Text(text)),
            class_="selfcheck-choice",
        )
        for place, text in enumerate(CONFIDENCE)
    ]
    confidence = tag(
        "div",
        tag("span", nodes.Text("How sure are you?"), id=f"{name}-sure"),
        *sure,
        class_="selfcheck-sure",
        role="radiogroup",
        aria_labelledby=f"{name}-sure",
    )
    return [*_line(directive, question, name), confidence]


def _order(directive: SelfCheck, question: Question, name: str) -> list[element]:
    positions = [str(place) for place in range(1, len(question.items) + 1)]
    lines = []
    for place, item in enumerate(sorted(question.items)):
        options = [tag("option", nodes.Text(text), value=text) for text in ("", *positions)]
        control = tag("select", *options, id=f"{name}-{place}", data_item=item)
        lines.append(tag("label", control, tag("span", nodes.Text(item)), class_="selfcheck-choice"))
    return [_group(name, *lines)]


def _open(directive: SelfCheck, question: Question, name: str) -> list[element]:
    words = tag("span", nodes.Text("Your answer"))
    return [_group(name, tag("label", words, tag("textarea", rows="4", name=name), class_="selfcheck-line"))]


_INPUTS: dict[str, Callable[[SelfCheck, Question, str], list[element]]] = {
    "one": _choices,
    "many": _choices,
    "number": _line,
    "text": _line,
    "guess": _guess,
    "order": _order,
    "open": _open,
}


def _recall(question: Question) -> element:
    return tag("p", class_="selfcheck-recall", data_for=question.id, hidden=None)


def number(value: float) -> str:
    """A computed answer as a reader writes it: four digits that matter, no trailing zeros."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def amount(value: float, unit: str) -> str:
    """A number with its unit; a percent sign follows without a space."""
    return f"{number(value)}{'' if unit.startswith('%') else ' '}{unit}".strip()


def dataset(package: Path, name: str) -> pd.DataFrame:
    """Rows of a dataset of the book, corrected, every cell as text.

    Raises:
        QuizError: the package describes no such dataset.
    """
    resources = {each["name"]: each for each in read_package(package)["resources"]}
    if name not in resources:
        raise QuizError(f"cells: the data package has no dataset {name}")
    files = package.parent / resources[name]["path"], package.with_name("corrections.csv")
    return _corrected(name, *files, tuple(each.stat().st_mtime_ns for each in files if each.is_file()))


@functools.lru_cache(maxsize=64)  # questions ask for one cell after another, on page after page
def _corrected(name: str, path: Path, corrections: Path, changed: tuple[int, ...]) -> pd.DataFrame:
    import pandas as pd  # half a second: only for a book, and a build, that reads such a question

    rows = read_csv(path)
    for correction in read_corrections(corrections):
        for row in rows:
            if correction.dataset == name and correction.key.items() <= row.items():
                row[correction.column] = correction.corrected
    return pd.DataFrame(rows)


def misconceptions(app: Sphinx) -> Sequence[str]:
    """Known misconceptions by id; none when the book keeps no list."""
    path = Path(app.srcdir, app.config.coursebook_misconceptions or "-")
    return _ids(path, path.stat().st_mtime_ns) if path.is_file() else ()


@functools.lru_cache(maxsize=4)
def _ids(path: Path, changed: int) -> tuple[str, ...]:
    return tuple(yaml.safe_load(path.read_text("utf-8")))


def _visit(self: SphinxTranslator, node: element) -> None:
    written = {key: value for key, value in node["attributes"].items() if value is not None}
    bare = "".join(f" {key}" for key, value in node["attributes"].items() if value is None)
    attributes = "".join(f' {key}="{self.attval(value)}"' for key, value in written.items())
    self.body.append(f"<{node['tag']}{attributes}{bare}>")


def _depart(self: SphinxTranslator, node: element) -> None:
    if node["tag"] != "input":
        self.body.append(f"</{node['tag']}>")


def _pass(self: SphinxTranslator, node: element) -> None:
    """Other builders show what the element holds."""


def _skip_controls(self: SphinxTranslator, node: element) -> None:
    if node["tag"] in ("input", "select", "textarea") or "hidden" in node["attributes"]:
        raise nodes.SkipNode


def has_selfcheck(doctree: nodes.Node) -> bool:
    """Whether a page asks anything."""
    return any("data-kind" in node["attributes"] for node in doctree.findall(element))


def setup(app: Sphinx) -> None:
    """Add the directive, its node and its setting."""
    app.add_config_value("coursebook_misconceptions", "", "env", [str])
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip_controls, _pass))
    app.add_node(element, html=(_visit, _depart), **others)
    app.add_directive("selfcheck", SelfCheck)

"""What of a graded notebook goes back to its student: no hidden tests, nothing that runs, nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import bleach
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_TELLING = 16  # characters; a shorter line of the tests gives nothing away, and stands in many notebooks
REPEATED = "[left out: this output repeats the tests]"
_TAGS = {
    *bleach.ALLOWED_TAGS, "p", "br", "hr", "pre", "del", "sub", "sup", "div", "span", "h1", "h2", "h3", "h4", "h5",
    "h6", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
_SHOWN = ("text/html", "image/png", "image/jpeg", "text/markdown", "text/plain")


class _Compiled(BytecodeCache):
    """Templates that this process has compiled: each page of feedback has an exporter, and so an environment, anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has been compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class FeedbackPage(HTMLExporter):
    """Writes feedback. A class of its own: nbgrader's form grader writes its pages with `HTMLExporter` itself."""

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = _COMPILED
        return environment


class ClearFeedback(NbGraderPreprocessor):
    """Take out hidden tests wherever they show: in cells, in tracebacks, in what a notebook printed.

    Each cell learns the heading it stands under, which the table of points shows. This comes before nbgrader's
    ClearHiddenTests, which takes hidden tests out of the cells.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Clear a notebook."""
        hidden = _hidden_lines(nb)
        part = ""
        for cell in nb.cells:
            if cell.cell_type == "markdown" and not is_solution(cell):
                part = (_HEADING.findall(cell.source) or [part])[-1]
            cell.metadata["part"] = part
            if cell.cell_type == "code":
                cell.outputs = [_clear(output, cell, hidden) for output in cell.outputs]
            cell.pop("attachments", None)
        nb.metadata.pop("widgets", None)
        return nb, resources


def _hidden_lines(nb: NotebookNode) -> set[str]:
    """The lines of hidden tests that stand nowhere else in the notebook."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for cell in nb.cells:
        inside = False
        for line in cell.source.splitlines():
            if line.strip() in (_BEGIN, _END):
                inside = line.strip() == _BEGIN
            else:
                (hidden if inside and is_grade(cell) else shown).add(_squeezed(line))
    return {line for line in hidden - shown if len(line) >= _TELLING}


def _squeezed(text: str) -> str:
    """Without the marks that a printed list or a traceback puts between the characters of a line."""
    return re.sub(r"\x1b\[[0-9;]*m|\\[nt'\"]|\s|[\\'\"]", "", text)


def _clear(output: NotebookNode, cell: NotebookNode, hidden: set[str]) -> NotebookNode:
    """An output as its student may see it."""
    if output.output_type == "error":
        # A traceback quotes the lines around an error; those of a test may be hidden ones.
        if is_grade(cell) or _repeats("\n".join(output.traceback), hidden):
            output.traceback = [f"{output.ename}: {output.evalue}"]
        if _repeats(output.evalue, hidden):
            output.evalue, output.traceback = REPEATED, [REPEATED]
    elif output.output_type == "stream":
        if _repeats(output.text, hidden):
            output.text = REPEATED
    else:
        output.data = NotebookNode({kind: _text(output.data[kind]) for kind in _SHOWN if kind in output.data})
        if re.search(r"<(script|iframe|svg)\b", output.data.get("text/html", ""), re.I):
            output.data.pop("text/html")  # a chart: what is left is its description in a line
        if any(_repeats(text, hidden) for kind, text in output.data.items() if kind.startswith("text/")):
            output.data = NotebookNode({"text/plain": REPEATED})
    return output


def _text(content: Any) -> str:
    return "".join(content) if isinstance(content, list) else str(content)


def _repeats(text: str, hidden: set[str]) -> bool:
    squeezed = _squeezed(text)
    return any(line in squeezed for line in hidden)


def clean(html: str) -> str:
    """HTML that shows and does nothing: a filter of the page's template, for all that a student could have written."""
    without_styles = re.sub(r"(?is)<style\b.*?</style\s*>", "", html)  # pandas puts one above each table
    kept = {"a": ["href"], "th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
    return bleach.clean(without_styles, tags=_TAGS, attributes=kept, protocols=["http", "https", "mailto"])

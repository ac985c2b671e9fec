"""Texts of questions: MyST in, HTML or Markdown out. Roles and links into the book become words; raw HTML is text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import indent

from docutils.utils.math.latex2mathml import tex2mathml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from coursebook.facts import FactError, phrase

_TITLED = re.compile(r"(?s)(.*?)\s*<([^<>]+)>")
_EXHIBIT = re.compile(r"(fig|figure|tbl|tab|table)-(\d+(?:-\d+)+)")
_KINDS = {"fig": "figure", "figure": "figure", "tbl": "table", "tab": "table", "table": "table"}
_BLOCKS = {"paragraph", "inline", "bullet_list", "ordered_list", "list_item", "fence", "code_block", "math_block"}


class LmsError(ValueError):
    """A question holds what cannot be exported; the message says what, and what would be right."""


@dataclass(frozen=True)
class Book:
    """What texts may refer to.

    Attributes: `facts` by id; `labels`: by name, address below the site and title; `site`: address of the published
    book, empty if it has none; `misconceptions`: by id, with `name` and `about`.
    """

    title: str = ""
    facts: Mapping[str, dict[str, str]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    site: str = ""
    misconceptions: Mapping[str, dict[str, str]] = field(default_factory=dict)

    def name(self, label: str) -> str:
        """How a figure, table or section is called where there is nothing to click."""
        if exhibit := _EXHIBIT.fullmatch(label):
            return f"{'Figure' if label.startswith('f') else 'Table'} {exhibit[2]} of the book"
        start, _, rest = label.partition("-")
        kind, words = (_KINDS[start], rest) if start in _KINDS else ("section", label)
        title = re.split(r"[.;] ", self.labels.get(label, ("", ""))[1])[0].rstrip(".")
        return f"the {kind} “{title or words.replace('-', ' ')}” of the book"

    def address(self, label: str) -> str:
        """Where a label is on the site; empty when that is not known."""
        return posixpath.join(self.site, self.labels[label][0]) if self.site and label in self.labels else ""


@dataclass(frozen=True)
class Dialect:
    """How one Markdown reader takes characters for themselves: inside a line, and where a block begins."""

    special: re.Pattern[str]
    written: Callable[[str], str]
    start: re.Pattern[str]
    written_at_start: Callable[[str], str]
    display: str = "${}$"


def _slashed(text: str) -> str:
    return f"\\{text}"


def _entity(text: str) -> str:
    return f"&#{ord(text)};"


COMMONMARK = Dialect(
    re.compile(r"[\\`*_{}\[\]<$]|&(?=#?\w+;)"), _slashed, re.compile(r"^[-+#=~>:]"), _slashed, "$$\n{}\n$$"
)
# What text2qti reads: Python-Markdown with LaTeX in $; it curls straight quotes, as the pages do.
PYTHON_MARKDOWN = Dialect(
    re.compile(r"[\\`*_{}\[\]<$]|&(?=#?\w+;)"),
    lambda text: _entity(text) if text in "<&" else _slashed(text),
    re.compile(r"^[-+#=~>:|]"),
    _entity,
)


class Words:
    """Translates the texts of one book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._reader = reader()
        self._reader.add_render_rule("math_inline", lambda _, tokens, at, *__: rf"\({escape(tokens[at].content)}\)")
        self._reader.add_render_rule(
            "math_block", lambda _, tokens, at, *__: rf"<p>\[{escape(tokens[at].content.strip())}\]</p>"
        )

    def html(self, text: str) -> str:
        r"""HTML without anything to run; formulas stand in `\(...\)`, as MathJax reads them."""
        return self._reader.renderer.render(self._parsed(text), self._reader.options, {}).strip()

    def markdown(self, text: str, dialect: Dialect) -> str:
        """Markdown in which every character of the text stands for itself."""
        return _blocks(SyntaxTreeNode(self._parsed(text)), dialect)

    def _parsed(self, text: str) -> list[Token]:
        tokens = self._reader.parse(text)
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if kind not in _BLOCKS or (kind == "fence" and token.info.startswith("{")):
                what = f"a directive {token.info}" if kind == "fence" else f"a {kind}".replace("_", " ")
                raise LmsError(f"{what} has no place in a question; write paragraphs, lists, code or formulas")
            if token.children:
                token.children = self._inline(token.children)
        return tokens

    def _inline(self, tokens: list[Token]) -> list[Token]:
        found: list[Token] = []
        links: list[tuple[int, str, str]] = []
        for token in tokens:
            if token.type == "myst_role":
                found.append(self._role(token.meta["name"], token.content))
            elif token.type == "image":
                found.append(_text(f"[picture: {token.content}]"))
            elif token.type == "link_open":
                address, name = self._target(str(token.attrGet("href") or ""))
                links.append((len(found), address, name))
                found.append(Token("link_open", "a", 1, attrs={"href": address}))
            elif token.type == "link_close":
                at, address, name = links.pop()
                if len(found) == at + 1:
                    found.append(_text(name or address))
                elif name:
                    found.append(_text(f" ({name})"))
                if address:
                    found.append(token)
                else:
                    del found[at]
            else:
                found.append(token)
        return found

    def _target(self, href: str) -> tuple[str, str]:
        """The address that a link has outside the book, and what its target is called; either can be empty."""
        if re.match(r"(https?|mailto):", href):
            return href, ""
        label = href.rpartition("#")[2] or href
        label = posixpath.basename(label).removesuffix(".md").lower()
        return self.book.address(label), self.book.name(label)

    def _role(self, role: str, content: str) -> Token:
        titled = _TITLED.fullmatch(content)
        if role == "math":
            return Token("math_inline", "math", 0, content=content)
        if role == "fact":
            try:
                return _text(phrase(dict(self.book.facts), content)[1])
            except FactError as problem:
                raise LmsError(str(problem)) from problem
        if role in ("ref", "numref", "doc"):
            return _text(titled[1] if titled else self.book.name(content))
        if role in ("term", "number", "abbr", "zh"):
            return _text(titled[1] if titled else content)
        if role == "erratum":
            return _text(f"erratum {content}")
        raise LmsError(f"the role {{{role}}} has no words outside the book; write out what it shows")


def reader() -> MarkdownIt:
    """Reads the MyST that a question may use; raw HTML is text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(dollarmath_plugin, allow_labels=False).use(myst_role_plugin)
    return markdown.use(attrs_plugin, spans=True)


def page(title: str, text: str, style: str) -> str:
    """A whole HTML page of a CommonMark text; formulas are MathML."""
    markdown = reader()
    markdown.add_render_rule("math_inline", lambda _, tokens, at, *__: _mathml(tokens[at].content))
    markdown.add_render_rule("math_block", lambda _, tokens, at, *__: f"<p>{_mathml(tokens[at].content)}</p>")
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>\n{style}</style>'
    return f'<!doctype html>\n<html lang="en">\n{head}\n<body>\n{markdown.render(text)}</body>\n</html>\n'


def _mathml(formula: str) -> str:
    try:
        return tex2mathml(formula.strip())
    except Exception:  # it raises several types for LaTeX that it does not know
        return f"<code>{escape(formula.strip())}</code>"


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _blocks(node: SyntaxTreeNode, dialect: Dialect) -> str:
    return "\n\n".join(_block(child, dialect) for child in node.children)


def _block(node: SyntaxTreeNode, dialect: Dialect) -> str:
    if node.type == "paragraph":
        line = "".join(_line(child, dialect) for child in node.children)
        line = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line)
        return dialect.start.sub(lambda match: dialect.written_at_start(match[0]), line)
    if node.type in ("bullet_list", "ordered_list"):
        first = int(node.attrs.get("start", 1))
        marks = ["-" if node.type == "bullet_list" else f"{first + place}." for place in range(len(node.children))]
        return "\n".join(hanging(mark, _blocks(item, dialect)) for mark, item in zip(marks, node.children, strict=True))
    if node.type == "math_block":
        return dialect.display.format(node.content.strip())
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", node.content)), default=0))
    return f"{ticks}{node.info.strip()}\n{node.content.rstrip()}\n{ticks}"


def _line(node: SyntaxTreeNode, dialect: Dialect) -> str:
    within = "".join(_line(child, dialect) for child in node.children)
    match node.type:
        case "text":
            return dialect.special.sub(lambda match: dialect.written(match[0]), node.content)
        case "code_inline":
            ticks = "`" * (1 + max((len(run) for run in re.findall("`+", node.content)), default=0))
            space = " " if node.content.startswith("`") or node.content.endswith("`") else ""
            return f"{ticks}{space}{node.content}{space}{ticks}"
        case "math_inline":
            return f"${node.content}$"
        case "em" | "strong":
            stars = "*" if node.type == "em" else "**"
            return f"{stars}{within}{stars}"
        case "link":
            return f"[{within}](<{node.attrs['href']}>)"
        case "softbreak" | "hardbreak":
            return " "
    return within


def hanging(mark: str, text: str) -> str:
    """A mark, and a text of several lines that hangs beside it, four columns in."""
    width = max(4, len(mark) + 1)
    return mark.ljust(width) + indent(text, " " * width).lstrip()

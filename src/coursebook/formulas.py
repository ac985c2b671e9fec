"""Formulas as MathML, made when the book is built: browsers draw it, screen readers read it, no script is loaded.

Sphinx takes the renderer that an extension adds in place of MathJax; `html_math_renderer: mathjax` asks for that one.
"""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from coursebook.warnings import Kind, warn

#: Names of environments that latex2mathml sets as one line, and the name under which it sets the same as lines.
_LINES = re.compile(r"\\(begin|end)\{(?:aligned|gather|gathered|eqnarray)\*?\}")
_COMMAND = re.compile(r"\\[A-Za-z]+")


def mathml(tex: str, display: str = "inline") -> str:
    """A formula of TeX as MathML.

    Args:
        tex: the formula without its delimiters.
        display: `inline` or `block`.

    Raises:
        ValueError: the formula is not TeX that we can read; says what stopped us.
    """
    try:
        formula = convert_to_element(_LINES.sub(r"\\\1{split}", tex), display=display)
    except Exception as error:  # latex2mathml has an exception for each slip, without a common parent
        raise ValueError(_spaced(type(error).__name__.removesuffix("Error"))) from error
    for part in formula.iter():
        part.text = html.unescape(part.text or "")  # it writes some characters as entities, others as they are
        if _COMMAND.fullmatch(part.text):
            raise ValueError(f"unknown command {part.text}")  # it passes on what it does not know
    return ElementTree.tostring(formula, encoding="unicode", short_empty_elements=False)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def in_lines(tex: str) -> str:
    """A displayed formula as one: paragraphs below one another, lines aligned at their `&`, as Sphinx has them."""
    parts = [part.strip() for part in tex.split("\n\n") if part.strip()]
    if len(parts) == 1 and (r"\\" not in tex or r"\begin" in tex):
        return tex
    lines = r" \\ ".join(parts)
    return rf"\begin{{aligned}}{lines}\end{{aligned}}"


def _written(node: nodes.Element, tex: str, display: str) -> str:
    try:
        return mathml(tex, display)
    except ValueError as error:
        warn(Kind.FORMULA, f"the formula {tex!r} stays as it is written: {error}", node)
        return f"<code>{html.escape(tex)}</code>"


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate"))
    self.body.append(_written(node, node.astext(), "inline") + "</span>")
    raise nodes.SkipNode


def _visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    # A long formula scrolls in its own box, which the keyboard must reach.
    self.body.append(self.starttag(node, "div", CLASS="math notranslate", tabindex="0"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append(_written(node, node.astext() if node["nowrap"] else in_lines(node.astext()), "block"))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the renderer."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))

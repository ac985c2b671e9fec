"""Chinese in an English page, marked as such for screen readers and fonts: the role ``{zh}`` and a helper."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole, SphinxTranslator

_CHINESE = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff，、（）·“”]*")


class chinese(nodes.Inline, nodes.TextElement):
    """Inline text in simplified Chinese."""


class ChineseRole(SphinxRole):
    """``{zh}`双循环` `` : text in simplified Chinese."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        return [chinese("", self.text)], []


def marked(text: str) -> list[nodes.Node]:
    """Inline nodes for a text, its Chinese parts marked."""
    parts: list[nodes.Node] = []
    end = 0
    for match in _CHINESE.finditer(text):
        if match.start() > end:
            parts.append(nodes.Text(text[end : match.start()]))
        parts.append(chinese("", match[0]))
        end = match.end()
    return [*parts, nodes.Text(text[end:])] if end < len(text) else parts


def _visit_html(self: SphinxTranslator, node: chinese) -> None:
    self.body.append(self.starttag(node, "span", "", lang="zh-Hans"))


def _depart_html(self: SphinxTranslator, node: chinese) -> None:
    self.body.append("</span>")


def _pass(self: SphinxTranslator, node: chinese) -> None:
    """Other formats have no language on inline text: the characters alone."""


def setup(app: Sphinx) -> None:
    """Add the role and its node."""
    plain = (_pass, _pass)
    app.add_node(chinese, html=(_visit_html, _depart_html), latex=plain, text=plain, man=plain, texinfo=plain)
    app.add_role("zh", ChineseRole())

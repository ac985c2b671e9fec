"""A page's prose as plain Markdown, for notebooks that are read where no directive or role is known.

It is written from the finished document, so that glued values, cited facts, citations and cross-references stand in it
as on the page. What only a page can show (a drawing, a question that answers back) is named in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from docutils import nodes

#: Node classes whose text is not prose, by name: some belong to extensions that a book need not have.
_SILENT = {"comment", "target", "raw", "script", "substitution_definition", "meta", "index", "colspec", "bibliography"}
_SPECIAL = re.compile(r"[\\`*\[\]<>$]|(?<!\w)_|_(?!\w)")
_INLINE = {"emphasis": "*", "strong": "**", "title_reference": "*"}


class Prose:
    """Turns parts of one page into Markdown.

    Args:
        page: address of the page within the site, for instance `chapters/4.html`.
        site: address of the site; without one, links within the site are written as their text.
    """

    def __init__(self, page: str, site: str = "") -> None:
        self.page, self.site = page, site

    def block(self, node: nodes.Node) -> str:
        """One block (paragraph, list, admonition ...) with all that is in it; empty if it holds no prose."""
        name = type(node).__name__
        if name in _SILENT or not isinstance(node, nodes.Element):
            return ""
        special: Callable[[nodes.Element], str] | None = getattr(self, f"_{name}", None)
        if special:
            return special(node)
        if isinstance(node, nodes.Admonition) or name in ("sidebar", "topic"):
            return self._admonition(node)
        return self.inline(node) if isinstance(node, nodes.TextElement) else self.blocks(node)

    def blocks(self, node: nodes.Element) -> str:
        """The blocks within a node, an empty line between them."""
        return "\n\n".join(text for child in node.children if (text := self.block(child).strip("\n")))

    def inline(self, node: nodes.Node) -> str:
        """The text within a node, on one line, with emphasis, code and links."""
        if isinstance(node, nodes.Text):
            return _SPECIAL.sub(r"\\\g<0>", " ".join(re.split(r"\s*\n\s*", node.astext())))
        name = type(node).__name__
        if name in _SILENT:
            return ""
        if name == "literal":
            return f"`{node.astext()}`"
        if name == "math":
            return f"${node.astext()}$"
        if name == "image":
            return _SPECIAL.sub(r"\\\g<0>", node.get("alt", ""))
        inner = "".join(map(self.inline, node.children))
        if name == "reference":
            return self._link(node, inner)
        mark = _INLINE.get(name, "")
        return f"{mark}{inner}{mark}" if inner.strip() else inner

    def heading(self, node: nodes.title, level: int) -> str:
        """A heading of a section."""
        return f"{'#' * min(level, 6)} {self.inline(node)}"

    def _link(self, node: nodes.Element, text: str) -> str:
        address = node.get("refuri") or (f"#{node['refid']}" if "refid" in node else "")
        if not re.match(r"(https?|mailto):", address):
            address = urljoin(self.site, urljoin(self.page, address)) if self.site and address else ""
        return f"[{text}]({address})" if address else text

    def _paragraph(self, node: nodes.Element) -> str:
        return self.inline(node).strip()

    def _literal_block(self, node: nodes.Element) -> str:
        language = node.get("language", "")
        return f"```{'' if language in ('default', 'none') else language}\n{node.astext().rstrip()}\n```"

    def _math_block(self, node: nodes.Element) -> str:
        return f"$$\n{node.astext()}\n$$"

    def _bullet_list(self, node: nodes.Element) -> str:
        return "\n".join(self._item("- ", child) for child in node.children)

    def _enumerated_list(self, node: nodes.Element) -> str:
        first = node.get("start", 1)
        return "\n".join(self._item(f"{number}. ", child) for number, child in enumerate(node.children, first))

    def _item(self, mark: str, node: nodes.Element) -> str:
        return mark + self.blocks(node).replace("\n", "\n" + " " * len(mark))

    def _definition_list_item(self, node: nodes.Element) -> str:
        parts = [self.inline(part) if isinstance(part, nodes.term) else self.blocks(part) for part in node.children]
        return f"- **{parts[0]}**: " + " ".join(parts[1:])

    def _definition_list(self, node: nodes.Element) -> str:
        return "\n".join(self.block(child) for child in node.children)

    def _block_quote(self, node: nodes.Element) -> str:
        return _quoted(self.blocks(node))

    def _transition(self, node: nodes.Element) -> str:
        return "---"

    def _admonition(self, node: nodes.Element) -> str:
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        rest = [text for child in node.children if child is not title and (text := self.block(child))]
        heading = self.inline(title) if title is not None else type(node).__name__.capitalize()
        named = [] if type(node).__name__ == "sidebar" and not heading.strip() else [f"**{heading.strip()}**"]
        return _quoted("\n\n".join([*named, *rest]))

    def _caption(self, node: nodes.Element) -> str:
        return f"*{self.inline(node).strip()}*"

    def _rubric(self, node: nodes.Element) -> str:
        return f"**{self.inline(node)}**"

    _title = _rubric

    def _element(self, node: nodes.Element) -> str:
        """HTML elements of self-checks: the question alone; choices and feedback work on the page."""
        if node["attributes"].get("class") != "selfcheck":
            return ""
        asked = next(part for part in node.children if part["attributes"].get("class") == "selfcheck-question")
        page = f"[on its page]({urljoin(self.site, self.page)})" if self.site else "on the chapter's page"
        return _quoted(f"**Check yourself** {page}: {self.inline_blocks(asked)}")

    def inline_blocks(self, node: nodes.Element) -> str:
        """Blocks within a node run together on one line."""
        return " ".join(self.blocks(node).split())

    def _table(self, node: nodes.Element) -> str:
        rows = [
            [self.inline_blocks(cell).replace("|", "\\|") for cell in row.findall(nodes.entry)]
            for row in node.findall(nodes.row)
        ]
        if not rows:
            return ""
        width = max(map(len, rows))
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
        title = next((self.inline(child) for child in node.children if isinstance(child, nodes.title)), "")
        return "\n".join(([f"*{title}*", ""] if title else []) + [lines[0], "|" + " --- |" * width, *lines[1:]])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text.strip() else ""

"""Which objectives of its chapter an exercise tests, said where a reader sees it.

An exercise names them in its class (`:class: objective-1 objective-3`), a self-check in its file; they are the items of
the first numbered list of the page. Both then end with "Tests objectives 1 and 3", each number a link to its item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx

_NAMED = re.compile(r"objective-(\d+)")


def tested(numbers: Iterable[int]) -> list[nodes.Node]:
    """`Tests objective 2` or `Tests objectives 1 and 3`, as inline nodes with links."""
    links = [nodes.reference("", str(number), refid=f"objective-{number}", internal=True) for number in sorted(numbers)]
    found: list[nodes.Node] = [nodes.Text(f"Tests objective{'s' if len(links) > 1 else ''} ")]
    for place, link in enumerate(links, start=1):
        between = "" if place == len(links) else " and " if place == len(links) - 1 else ", "
        found += [link, nodes.Text(between)]
    return found


def _say(app: Sphinx, doctree: nodes.document) -> None:
    exercises = [node for node in doctree.findall(nodes.Element) if _numbers(node)]
    listed = next(doctree.findall(nodes.enumerated_list), None)
    if listed is None or not exercises:
        return
    for number, item in enumerate(listed, start=1):
        item[0].insert(0, nodes.target("", "", ids=[f"objective-{number}"]))
    for exercise in exercises:
        line = nodes.paragraph("", "", *tested(_numbers(exercise)), nodes.Text("."), classes=["tests-objectives"])
        content = exercise[-1]
        (content if isinstance(content, nodes.section) else exercise).append(line)


def _numbers(node: nodes.Element) -> set[int]:
    return {int(found[1]) for name in node.get("classes", ()) if (found := _NAMED.fullmatch(name))}


def setup(app: Sphinx) -> None:
    """Connect to the reading of pages."""
    app.connect("doctree-read", _say)

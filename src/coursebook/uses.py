"""Which page uses which fact and which dataset: noted while pages are read, asked when the registers are written.

A fact is used where the role ``{fact}`` cites it and where code calls ``fact("...")``; a dataset where code calls
``load("...")`` and where a chart or a table shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

from coursebook.nodes import chart
from coursebook.provenance import dataset_names, register_files
from coursebook.spec import normalised, title_of
from coursebook.tables import is_register, read_package

_CALL = re.compile(r"""\b(load|fact)\(\s*(["'])([^"'{}\n]+)\2""")
_KINDS = {"load": "dataset", "fact": "fact"}


class Use(NamedTuple):
    """One place that uses a fact or a dataset.

    Attributes: `kind` (`fact` or `dataset`), `key`, `page` (document), `anchor` on it (empty: the page),
    `title` (of the section, chart or table), `exhibit` (whether it is a chart or a table).
    """

    kind: str
    key: str
    page: str
    anchor: str
    title: str
    exhibit: bool


class fed_by_uses(nodes.General, nodes.Element):
    """What a register leaves open until every page has been read; a page that holds one is written again each time."""


def of(env: BuildEnvironment, kind: str) -> dict[str, list[Use]]:
    """All uses of facts or of datasets, by key, in the order of the pages, each place once."""
    found: dict[str, list[Use]] = {}
    for _, uses in sorted(_noted(env).items()):
        for use in dict.fromkeys(uses):
            if use.kind == kind:
                found.setdefault(use.key, []).append(use)
    return found


def links(app: Sphinx, docname: str, uses: list[Use]) -> list[nodes.Node]:
    """Links to places, separated by semicolons."""
    parts: list[nodes.Node] = []
    for use in uses:
        parts += [nodes.Text("; ")] if parts else []
        parts.append(make_refnode(app.builder, docname, use.page, use.anchor, nodes.Text(use.title)))
    return parts


def _noted(env: BuildEnvironment) -> dict[str, list[Use]]:
    """Uses by document, kept in the pickled environment."""
    if not hasattr(env, "coursebook_uses"):
        env.coursebook_uses = {}  # type: ignore[attr-defined]
    return env.coursebook_uses  # type: ignore[attr-defined]


def _open_pages(env: BuildEnvironment) -> set[str]:
    if not hasattr(env, "coursebook_open_pages"):
        env.coursebook_open_pages = set()  # type: ignore[attr-defined]
    return env.coursebook_open_pages  # type: ignore[attr-defined]


def _note(app: Sphinx, doctree: nodes.document) -> None:
    page = app.env.docname
    _noted(app.env)[page] = [*_cited(page, doctree), *_in_code(page, doctree), *_shown(app, page, doctree)]
    if next(iter(doctree.findall(fed_by_uses)), None) is not None:
        _open_pages(app.env).add(page)


def _cited(page: str, doctree: nodes.document) -> Iterator[Use]:
    for link in doctree.findall(addnodes.pending_xref):
        if link.get("reftype") == "fact":
            yield Use("fact", link["reftarget"], page, *_section(link), exhibit=False)


def _in_code(page: str, doctree: nodes.document) -> Iterator[Use]:
    """What code names: of a fact the exhibit that the cell makes, else its section; of a dataset, the page."""
    title = next((node.astext() for node in doctree.findall(nodes.title)), page)
    for block in doctree.findall(nodes.literal_block):
        cell = _around(block, "cell")
        if cell is None:
            continue
        exhibits = [*_exhibits(cell)]
        for call, _, key in _CALL.findall(block.astext()):
            if call == "load":
                yield Use("dataset", key, page, "", title, exhibit=False)
            elif exhibits:
                yield from (Use("fact", key, page, anchor, name, exhibit=True) for _, anchor, name in exhibits)
            else:
                yield Use("fact", key, page, *_section(block), exhibit=False)


def _shown(app: Sphinx, page: str, doctree: nodes.document) -> Iterator[Use]:
    """The datasets that charts and tables show."""
    known = {resource["name"] for resource in read_package(register_files(app)[0])["resources"]}
    for node, anchor, name in _exhibits(doctree):
        is_chart = isinstance(node, chart)
        datasets = dataset_names(normalised(node.specification), known) if is_chart else node.get("datasets", ())
        yield from (Use("dataset", key, page, anchor, name, exhibit=True) for key in datasets)


def _exhibits(root: nodes.Element) -> Iterator[tuple[Any, str, str]]:
    """Charts and tables to read, with their anchor and title."""
    for node in root.findall(nodes.Element):
        if isinstance(node, chart):
            yield node, node["chart_id"], title_of(node.specification) or _section(node)[1]
        elif is_register(node) and (figure := _around(node, nodes.figure)) is not None and figure["ids"]:
            caption = next((each.astext() for each in figure.findall(nodes.caption)), "")
            yield node, figure["ids"][0], caption or _section(node)[1]


def _section(node: nodes.Node) -> tuple[str, str]:
    """Anchor and title of the section around a node."""
    section = _around(node, nodes.section)
    return ((section.get("ids") or [""])[0], section[0].astext()) if section is not None else ("", "")


def _around(node: nodes.Node, wanted: str | type[nodes.Element]) -> Any:
    """The nearest element of a type, or with a class, that holds a node."""
    parent: Any = node.parent
    while parent is not None:
        if wanted in parent.get("classes", ()) if isinstance(wanted, str) else isinstance(parent, wanted):
            return parent
        parent = parent.parent
    return None


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Before a page is read, and when one is gone."""
    app.coursebook_uses_moved = True  # type: ignore[attr-defined]
    _noted(env).pop(docname, None)
    _open_pages(env).discard(docname)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    _noted(env).update({name: uses for name, uses in _noted(other).items() if name in docnames})
    _open_pages(env).update(_open_pages(other) & set(docnames))


def _write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Registers say who uses a row, so they are written again whenever any page was read."""
    return sorted(_open_pages(env)) if getattr(app, "coursebook_uses_moved", False) else []


def setup(app: Sphinx) -> None:
    """Note uses once charts and tables stand in their places."""
    app.add_node(fed_by_uses)
    app.connect("doctree-read", _note, priority=600)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _write_again)

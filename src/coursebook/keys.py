"""Keys that the cells of a register name (works, datasets, exhibits, facts, errata) as links to what they stand for.

Configuration: ``coursebook_data_page`` (document that holds the directive ``data-catalogue``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from pybtex.database import parse_file as parse_bibliography
from sphinx.application import Sphinx
from sphinx.util.nodes import make_refnode

from coursebook import tables

_KEY = re.compile(r"[A-Za-z0-9][\w.-]*\w")  # what may be a key at the start of some words
_ERRATUM = re.compile(r"E\d+-\d+")


def slug(text: str) -> str:
    """An anchor made of a row's key: lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


class pending_keys(nodes.Inline, nodes.TextElement):
    """Keys on a page just read; links take their place when the page is written."""


def pending(text: str) -> list[nodes.Node]:
    """A cell of keys, to become links."""
    return [pending_keys("", text)] if text else []


def linked(app: Sphinx, docname: str, text: str) -> list[nodes.Node]:
    """The words between semicolons of a cell, each with a link where it is, or starts with, a key that the book knows.

    Args:
        app: the build.
        docname: the page that holds the cell.
        text: for instance ``section 8.1.2; pence-2018; figure-4-3: 210.95/68.18 = 3.09``.
    """
    parts: list[nodes.Node] = []
    for words in filter(None, map(str.strip, text.split(";"))):
        parts += [nodes.Text("; ")] if parts else []
        parts += _linked(app, docname, words)
    return parts


def _linked(app: Sphinx, docname: str, words: str) -> list[nodes.Node]:
    datasets = _datasets(app)
    if words.startswith("section"):  # a place in the report, not the dataset of that name
        return [nodes.Text(words)]
    if words in datasets:  # an exhibit in words, or a dataset's name
        return [_to_page(app, docname, app.config.coursebook_data_page, f"data-{datasets[words]}", words)]
    match = _KEY.match(words)
    key, rest = (match[0], words[match.end() :]) if match else ("", words)
    if work := works(app).get(key):
        link = _to_work(work)
    elif key in datasets:
        link = _to_page(app, docname, app.config.coursebook_data_page, f"data-{datasets[key]}", key)
    elif _ERRATUM.fullmatch(key):
        link = erratum(app, docname, key)
    elif key in _fact_ids(app):
        link = _to_page(app, docname, app.config.coursebook_facts_page, f"fact-{key}", key)
    else:
        return [nodes.Text(words)]
    return [link, nodes.Text(rest)] if rest else [link]


def erratum(app: Sphinx, docname: str, key: str, words: str = "") -> nodes.reference:
    """A link to the row of an erratum; its id, or other words, is what a reader sees."""
    page = app.config.coursebook_corrections_page
    shown = nodes.inline("", words or key, classes=["erratum-id"])
    return make_refnode(app.builder, docname, page, slug(f"erratum {key}"), shown, "what does not fit, and why")


def _to_page(app: Sphinx, docname: str, page: str, anchor: str, words: str) -> nodes.reference:
    return make_refnode(app.builder, docname, page, anchor, nodes.inline("", words))


class Work(NamedTuple):
    """What the bibliography says of a work; empty where it says nothing."""

    title: str
    address: str
    author: str
    year: str


def works(app: Sphinx) -> dict[str, Work]:
    """Every work of the book's bibliographies, by key."""
    files = [Path(app.srcdir, name) for name in getattr(app.config, "bibtex_bibfiles", ())]
    return _held(app, "works", files, _read_works)


def _read_works(files: list[Path]) -> dict[str, Work]:
    found = {}
    for file in files:
        for key, entry in parse_bibliography(str(file)).entries.items():
            authors = " and ".join(map(str, entry.persons.get("author", ())))
            told = (entry.fields.get("title", key), entry.fields.get("url", ""), authors, entry.fields.get("year", ""))
            found[key] = Work(*(re.sub(r"[{}]", "", each) for each in told))
    return found


def _to_work(work: Work) -> nodes.TextElement:
    return nodes.reference("", work.title, refuri=work.address) if work.address else nodes.inline("", work.title)


def _datasets(app: Sphinx) -> dict[str, str]:
    """Names of the data package's datasets, by name and by exhibit of the report."""
    return _held(app, "datasets", [Path(app.srcdir, app.config.coursebook_datapackage)], _read_datasets)


def _read_datasets(files: list[Path]) -> dict[str, str]:
    resources = [each for file in files for each in tables.read_package(file)["resources"]]
    exhibits = {each["exhibit"]: each["name"] for each in resources if each.get("exhibit")}
    return exhibits | {each["name"]: each["name"] for each in resources}


def _fact_ids(app: Sphinx) -> set[str]:
    return _held(app, "facts", [Path(app.srcdir, app.config.coursebook_facts)], _read_ids)


def _read_ids(files: list[Path]) -> set[str]:
    return {row["id"] for file in files if file.is_file() for row in tables.read_csv(file)}


def _held(app: Sphinx, name: str, files: list[Path], read):  # type: ignore[no-untyped-def]
    """What `read` makes of files, kept with the build until one of them changes."""
    stamps = tuple(path.stat().st_mtime_ns for path in files if path.is_file())
    kept = app.__dict__.setdefault("_coursebook_keys", {})
    if name not in kept or kept[name][0] != stamps:
        kept[name] = (stamps, read(files))
    return kept[name][1]


def _link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(pending_keys)):
        node.replace_self(linked(app, docname, node.astext()))


def setup(app: Sphinx) -> None:
    """Register the setting and the step."""
    app.add_node(pending_keys)
    app.connect("doctree-resolved", _link)
    app.add_config_value("coursebook_data_page", "reference/data", "env", [str])

"""The catalogue of a data package: ``{data-catalogue}`` describes every dataset, folded, under an index by chapter.

Each entry says what the dataset is, who uses it (pages, charts and tables, noted while they were read), where it comes
from, how to load and how to cite it. Its anchor ``data-<name>`` stands within the folded part, so that a link opens it.

Configuration: ``coursebook_load`` (code that loads a dataset; ``{name}`` stands for its name).
"""

from __future__ import annotations

import json
import re
from html import escape
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxTranslator
from sphinx.util.nodes import make_refnode
from sphinx.util.osutil import relative_uri

from coursebook import keys, tables, uses
from coursebook.registers import PackageDirective

LOAD = 'import pandas as pd\npd.read_csv("data/{name}.csv")'
_NO_CHAPTER = "whole book"
_CITED = 3  # sources that a citation names; the catalogue names them all
_SPECIAL = re.compile(r"([&%#$_])")  # what BibTeX needs a backslash before


class catalogue(uses.fed_by_uses):
    """Stands where the catalogue goes; filled when every page has been read."""


class folded_entry(nodes.General, nodes.Element):
    """A dataset, folded. Attributes: `title`, `values` (what a reader can filter by, label to value)."""


class Catalogue(PackageDirective):
    """``{data-catalogue}`` : every dataset of the package with its columns, uses, source, rights, caveats, citation."""

    def run(self) -> list[nodes.Node]:
        self.package()  # notes that the page depends on it
        return [catalogue()]


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for placeholder in list(doctree.findall(catalogue)):
        placeholder.replace_self(_Writer(app, docname).content())


class _Writer:
    """Writes the catalogue for one page of one build."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname
        self.package = tables.read_package(PackageDirective.package_file(app))
        self.users = uses.of(app.env, "dataset")
        self.works = keys.works(app)

    def content(self) -> list[nodes.Node]:
        groups = [(name, list(each)) for name, each in groupby(self.package["resources"], _group)]
        folded: list[nodes.Node] = []
        for name, resources in groups:
            folded.append(nodes.paragraph("", name, classes=["register-group"]))
            folded += [node for resource in resources for node in self._entry(resource)]
        return [self._index(groups), nodes.container("", *folded, classes=["register"])]

    def _index(self, groups: list[tuple[str, list[dict]]]) -> nodes.bullet_list:
        items = []
        for name, resources in groups:
            line = nodes.paragraph("", f"{name}: ")
            for resource in resources:
                label = nodes.inline("", resource.get("exhibit") or resource["name"], classes=["catalogue-link"])
                line += make_refnode(self.app.builder, self.docname, self.docname, f"data-{resource['name']}", label)
                line += nodes.Text(" · " if resource is not resources[-1] else "")
            items.append(nodes.list_item("", line))
        return nodes.bullet_list("", *items, classes=["catalogue-index"])

    def _entry(self, resource: dict) -> list[nodes.Node]:
        parts = [
            nodes.paragraph("", resource["description"]),
            self._facts(resource),
            self._columns(resource),
            nodes.literal_block("", self.app.config.coursebook_load.format(name=resource["name"]), language="python"),
            nodes.paragraph("", self.citation(resource)),
            nodes.literal_block("", self.bibtex(resource), language="bibtex"),
        ]
        content = nodes.container("", *parts, ids=[f"data-{resource['name']}"])
        title = ": ".join(filter(None, (resource.get("exhibit") or resource["name"], resource["title"])))
        if self.app.builder.format != "html":
            return [nodes.rubric("", title), content]
        values = {
            "Chapter": str(resource.get("chapter", _NO_CHAPTER)),
            "Origin": resource.get("origin", ""),
            "Check": resource.get("checked", ""),
        }
        return [folded_entry("", content, title=title, values=values)]

    def _facts(self, resource: dict) -> nodes.field_list:
        name = resource["name"]
        used = self.users.get(name, [])
        fields: list[tuple[str, list[nodes.Node]]] = [("Name", [nodes.literal("", name)])]
        fields += [(label, [nodes.Text(str(resource[key]))]) for key, label in _SHORT if resource.get(key)]
        files = [self._file(f"data/{name}.{ending}", ending.upper()) for ending in ("csv", "json")]
        fields.append(("Download", [files[0], nodes.Text(" · "), files[1]]))
        for label, exhibit in (("Loaded in", False), ("Shown in", True)):
            if links := uses.links(self.app, self.docname, [use for use in used if use.exhibit is exhibit]):
                fields.append((label, links))
        fields.append(("Source", self._sources(resource)))
        fields += [(label, [nodes.Text(resource[key])]) for key, label in _LONG if resource.get(key)]
        fields += [("Caveat", [nodes.Text(caveat)]) for caveat in resource.get("caveats", [])]
        return nodes.field_list(
            "",
            *(
                nodes.field("", nodes.field_name("", label), nodes.field_body("", nodes.paragraph("", "", *content)))
                for label, content in fields
                if content
            ),
        )

    def _file(self, target: str, label: str) -> nodes.reference:
        address = relative_uri(self.app.builder.get_target_uri(self.docname), target)
        return nodes.reference("", label, refuri=address, internal=True, classes=["download-data"])

    def _source_list(self, resource: dict) -> list[dict]:
        return resource.get("sources") or self.package.get("sources") or []

    def _sources(self, resource: dict) -> list[nodes.Node]:
        parts: list[nodes.Node] = []
        for source in self._source_list(resource):
            parts += [nodes.Text("; ")] if parts else []
            work = self.works.get(source.get("key", ""))
            address = source.get("path") or (work.address if work else "")
            linked = address.startswith(("https://", "http://"))
            title = source["title"]
            parts.append(nodes.reference("", title, refuri=address) if linked else nodes.Text(title))
        return parts

    def _columns(self, resource: dict) -> nodes.table:
        units = {"@unit": "as in column unit"}
        return tables.table(
            ("Column", "Type", "Unit", "What it holds"),
            [
                (
                    [nodes.literal("", field["name"])],
                    field["type"],
                    units.get(field.get("unit", ""), field.get("unit", "")),
                    field.get("description", field.get("title", "")),
                )
                for field in resource["schema"]["fields"]
            ],
        )

    def citation(self, resource: dict) -> str:
        """One line to paste: the original publishers first, then the dataset and the book."""
        return f"{self._publishers(resource)}. {resource['title']}: {self._place(resource)}."

    def bibtex(self, resource: dict) -> str:
        """The same as an entry of a bibliography."""
        year = re.search(r"\d{4}", self.app.config.copyright or "")
        fields: dict[str, Any] = {
            "author": "{" + _tex(self.app.config.author) + "}",
            "title": "{" + _tex(resource["title"]) + "}",
            "year": year and year[0],
            "howpublished": _tex(self._place(resource)),
            "note": _tex(f"Data: {self._publishers(resource)}"),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@misc{{{self.package.get('name', 'data')}-{resource['name']},\n{lines}}}"

    def _place(self, resource: dict) -> str:
        package = self.package.get("title") or self.app.config.project
        version = f", version {self.package['version']}" if self.package.get("version") else ""
        site = self.app.config.html_baseurl
        address = f", {site.rstrip('/')}/data/{resource['name']}.csv" if site else ""
        return f"dataset {resource['name']} of {package}{version}{address}"

    def _publishers(self, resource: dict) -> str:
        sources = self._source_list(resource)
        named = [self._publisher(source) for source in sources[:_CITED]]
        rest = [f"{len(sources) - _CITED} more"] if len(sources) > _CITED else []
        return "; ".join(named + rest)

    def _publisher(self, source: dict) -> str:
        work = self.works.get(source.get("key", ""))
        author = f"{work.author}, " if work and work.author else ""
        year = f" ({work.year})" if work and work.year and work.year not in source["title"] else ""
        return f"{author}{source['title']}{year}"


_SHORT = (("exhibit", "Exhibit"), ("section", "Section"), ("origin", "Origin"), ("checked", "Check"))
_LONG = (("retrieved_from", "Read from"), ("rights", "Rights"))


def _group(resource: dict) -> str:
    return f"Chapter {resource['chapter']}" if "chapter" in resource else _NO_CHAPTER.capitalize()


def _tex(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _visit(self: SphinxTranslator, node: folded_entry) -> None:
    values = escape(json.dumps(node["values"]))
    title = escape(node["title"], quote=False)
    self.body.append(f'<details class="register-entry" data-values="{values}"><summary>{title}</summary>\n')


def _depart(self: SphinxTranslator, node: folded_entry) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Add the directive and the step that fills it."""
    app.add_config_value("coursebook_load", LOAD, "env", [str])
    app.add_node(catalogue)
    app.add_node(folded_entry, html=(_visit, _depart))
    app.add_directive("data-catalogue", Catalogue)
    app.connect("doctree-resolved", _fill)

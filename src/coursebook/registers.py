"""Pages made from a data package: filterable registers, a glossary, the files themselves.

Directives: ``{register} name`` puts a dataset on the page as a filterable table with a permanent anchor per row;
``{glossary-register} name`` makes a glossary that ``{term}`` links to. When the site is built, each dataset stands at
``data/<name>.csv`` and ``data/<name>.json``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import make_glossary_term
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from coursebook import keys, tables
from coursebook.keys import slug
from coursebook.language import chinese, marked
from coursebook.static_files import makes_site

logger = logging.getLogger(__name__)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


class PackageDirective(SphinxDirective):
    """What the directives share: the data package beside the book, and its rows."""

    def package(self) -> dict:
        path = self.package_path()
        self.env.note_dependency(str(path))
        return tables.read_package(path)

    def package_path(self) -> Path:
        return self.package_file(self.env.app)

    @staticmethod
    def package_file(app: Sphinx) -> Path:
        """The book's datapackage.json."""
        return Path(app.srcdir, app.config.coursebook_datapackage)

    def resource(self, name: str) -> dict | None:
        """The resource of that name, or None after a warning that names the page and line."""
        for resource in self.package()["resources"]:
            if resource["name"] == name:
                return resource
        message = f"{self.package_path().name} describes no dataset {name!r}"
        logger.warning(message, location=self.get_location(), type="coursebook", subtype="data")
        return None

    def rows(self, resource: dict) -> list[dict[str, str]]:
        path = self.package_path().parent / resource["path"]
        self.env.note_dependency(str(path))
        return tables.read_csv(path)


class Register(PackageDirective):
    """``{register} errata`` : the rows of a dataset."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "columns": _names,  # fields to show, in this order; all of them by default
        "filters": _names,  # fields with a menu above the table
        "anchor": directives.unchanged,  # field that names the row's permanent anchor
        "prefix": directives.unchanged,  # anchors are <prefix>-<value of the anchor field>
        "group": directives.unchanged,  # field of dates: rows stand in their order, under a heading for each year
        "links": _names,  # fields of keys (works, datasets, facts, errata), each shown as a link
        "cards": directives.flag,  # each row a card at every width: for more columns than a page is wide
    }

    def run(self) -> list[nodes.Node]:
        resource = self.resource(self.arguments[0])
        if resource is None:
            return []
        rows = self.rows(resource)
        titles = {f["name"]: f.get("title", f["name"]) for f in resource["schema"]["fields"]}
        columns = self.options.get("columns", list(titles))
        named = [self.options[key] for key in ("anchor", "group") if key in self.options]
        links = self.options.get("links", [])
        if unknown := set(columns + self.options.get("filters", []) + links + named) - set(titles):
            message = f"dataset {resource['name']} has no column {', '.join(sorted(unknown))}"
            logger.warning(message, location=self.get_location(), type="coursebook", subtype="data")
            return []
        groups = []
        if group := self.options.get("group"):
            rows.sort(key=lambda row: row[group])
            groups = [row[group][:4] for row in rows]
        anchor = self.options.get("anchor")
        ids = [slug(f"{self.options.get('prefix', '')} {row[anchor]}") for row in rows] if anchor else []
        content = tables.table(
            [titles[column] for column in columns],
            [[keys.pending(row[c]) if c in links else marked(row[c]) for c in columns] for row in rows],
            ids,
            [titles[column] for column in self.options.get("filters", [])],
            groups=groups,
        )
        return [tables.register(content, cards="cards" in self.options, dataset=resource["name"])]


class GlossaryRegister(PackageDirective):
    """``{glossary-register} glossary`` : a dataset of terms as a glossary that ``{term}`` finds.

    The dataset has the columns ``term``, ``expansion``, ``chinese``, ``pinyin``, ``definition``.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        resource = self.resource(self.arguments[0])
        if resource is None:
            return []
        rows = sorted(self.rows(resource), key=lambda row: row["term"].lower())
        terms = nodes.definition_list("", *map(self._item, rows), classes=["glossary"])
        return [tables.register(addnodes.glossary("", terms, sorted=False))]

    def _item(self, row: dict[str, str]) -> nodes.definition_list_item:
        term = make_glossary_term(
            self.env, [nodes.Text(row["term"])], None, self.env.docname, self.lineno, None, self.state.document
        )
        content: list[nodes.Node] = []
        if row["expansion"]:
            content += [nodes.emphasis("", row["expansion"]), nodes.Text(". ")]
        if row["chinese"]:
            content += [chinese("", row["chinese"]), nodes.Text(f" ({row['pinyin']}). ")]
        content.append(nodes.Text(row["definition"]))
        definition = nodes.definition("", nodes.paragraph("", "", *content))
        return nodes.definition_list_item("", term, definition)


class ErratumRole(SphinxRole):
    """``{erratum}`E4-02` `` : the id of an erratum, linked to its row on the page of corrections."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        path = Path(self.env.srcdir, self.env.config.coursebook_datapackage).with_name("errata.csv")
        self.env.note_dependency(str(path))
        if not path.is_file() or self.text not in _ids(path, path.stat().st_mtime_ns):
            message = f"{path.name} has no erratum {self.text!r}"
            logger.warning(message, location=self.get_location(), type="coursebook", subtype="data")
            return [nodes.problematic(self.rawtext, self.text)], []
        return keys.pending(self.text), []


@lru_cache(maxsize=2)
def _ids(path: Path, changed: int) -> frozenset[str]:
    """The ids of a register, read once while it stays as it is."""
    return frozenset(row["id"] for row in tables.read_csv(path))


def _write_files(app: Sphinx, failure: Exception | None) -> None:
    """Put every dataset on the site as CSV and JSON, with the package's description beside them."""
    if failure or not makes_site(app):
        return
    package_path = Path(app.srcdir, app.config.coursebook_datapackage)
    package = tables.read_package(package_path)
    if not package["resources"]:
        return
    folder = Path(app.outdir, "data")
    folder.mkdir(exist_ok=True)
    shutil.copyfile(package_path, folder / package_path.name)
    for resource in package["resources"]:
        source = package_path.parent / resource["path"]
        shutil.copyfile(source, folder / f"{resource['name']}.csv")
        about = {key: value for key, value in resource.items() if key not in ("path", "schema")}
        rows = [_typed(row, resource) for row in tables.read_csv(source)]
        text = json.dumps({**about, "fields": resource["schema"]["fields"], "rows": rows}, ensure_ascii=False, indent=1)
        (folder / f"{resource['name']}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _typed(row: dict[str, str], resource: dict) -> dict[str, object]:
    """A row with numbers as numbers and empty cells as null."""
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    convert: dict[str, Callable[[str], object]] = {
        "integer": int,
        "year": int,
        "number": float,
        "boolean": lambda v: v == "true",
    }
    return {name: convert.get(kinds[name], str)(value) if value else None for name, value in row.items()}


def setup(app: Sphinx) -> None:
    """Add the directives and the copying of the data files."""
    app.add_directive("register", Register)
    app.add_directive("glossary-register", GlossaryRegister)
    app.add_role("erratum", ErratumRole())
    app.connect("build-finished", _write_files)

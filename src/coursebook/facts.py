"""Numbers in sentences: the role ``{fact}`` cites a row of a register of facts, and a page lists all of them.

``{fact}`4-rd-china-2020` `` prints the row's value with its unit and links to the row. Rounding and the bare number
are declared on the role: ``{fact}`4-rd-china-2020 .1f bare` ``. ``{number}`two <a count of our own>` `` marks a
number that comes from no dataset; its reason is for the reader of the source and for tests.

Configuration: ``coursebook_facts`` (path of the CSV, columns ``id``, ``value``, ``value_max``, ``unit``, ...),
``coursebook_facts_page`` (document that holds the directive ``facts-register``).
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from docutils import nodes
from pybtex.database import parse_file as parse_bibliography
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from coursebook import tables

logger = logging.getLogger(__name__)

_CURRENCY = re.compile(r"^(RMB|[A-Z]{3}) ?")
_FORMAT = re.compile(r"^,?\.\d+[f%]$")


class FactError(ValueError):
    """The text of a ``{fact}`` role names no fact or no known format."""


def read(path: Path) -> dict[str, dict[str, str]]:
    """Facts by id; an empty dictionary when the book has no register of facts."""
    return {row["id"]: row for row in tables.read_csv(path)} if path.is_file() else {}


def ordinal(number: int) -> str:
    """``1`` -> ``1st``, ``12`` -> ``12th``, ``23`` -> ``23rd``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def with_unit(value: str, unit: str, spec: str = "", bare: bool = False) -> str:
    """A value as a reader writes it: ``RMB 2.44 trillion``, ``22.77%``, ``5th``, ``455,000 papers``.

    Args:
        value: decimal number as text, in its printed scale.
        unit: for instance ``RMB trillion``, ``%``, ``rank``, ``papers``.
        spec: Python format for rounding, for instance ``.1f``; empty prints the number as it stands.
        bare: leave the unit out.
    """
    number = f"{float(value):,{spec.lstrip(',')}}" if spec else _grouped(value)
    if bare:
        return number
    if unit == "year":
        return number
    if unit == "rank":
        return ordinal(int(float(value)))
    if unit.startswith("%"):
        return f"{number}%"
    if currency := _CURRENCY.match(unit):
        return f"{currency[1]} {number} {unit[currency.end() :]}".rstrip()
    return f"{number} {unit}"


def _grouped(value: str) -> str:
    whole, dot, fraction = value.partition(".")
    # Four digits stay together, as in "2622"; the eye needs a comma from five on.
    return (f"{int(whole):,}" if len(whole.lstrip("-")) > 4 else whole) + dot + fraction


def phrase(facts: dict[str, dict[str, str]], text: str) -> tuple[str, str]:
    """The id and the words that a role's text stands for.

    Raises:
        FactError: unknown id (the message lists the nearest) or unknown format.
    """
    fact_id, *options = text.split()
    if fact_id not in facts:
        near = ", ".join(difflib.get_close_matches(fact_id, facts, n=3, cutoff=0.5)) or "none"
        raise FactError(f"no fact has the id {fact_id!r}; nearest: {near}")
    bare = "bare" in options
    specs = [option for option in options if option != "bare"]
    if len(specs) > 1 or not all(map(_FORMAT.match, specs)):
        raise FactError(f"{text!r}: after the id come a rounding such as .1f and the word bare, nothing else")
    fact, spec = facts[fact_id], "".join(specs)
    words = with_unit(fact["value"], fact["unit"], spec, bare)
    if fact.get("value_max"):
        low = with_unit(fact["value"], fact["unit"], spec, bare=True)
        words = f"{low} to {with_unit(fact['value_max'], fact['unit'], spec, bare)}"
    return fact_id, words


class FactRole(SphinxRole):
    """``{fact}`` : a cited value, linked to its line on the facts page."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        facts = _facts(self.env)
        self.env.note_dependency(str(_path(self.env)))
        try:
            fact_id, words = phrase(facts, self.text)
        except FactError as problem:
            logger.warning("%s", problem, location=self.get_location(), type="coursebook", subtype="fact")
            return [nodes.problematic(self.rawtext, self.text)], []
        link = addnodes.pending_xref(
            "", nodes.inline("", words, classes=["fact"]), refdomain="", reftype="fact", reftarget=fact_id
        )
        link["refdoc"] = self.env.docname
        return [link], []


class NumberRole(ReferenceRole):
    """``{number}`text <reason>` `` : a number that comes from no dataset, with the reason why it may stand."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if not self.has_explicit_title:
            message = f"{{number}}`{self.text}` needs a reason: {{number}}`{self.text} <why it needs no source>`"
            logger.warning(message, location=self.get_location(), type="coursebook", subtype="number")
        return [nodes.Text(self.title)], []


class facts_register(nodes.General, nodes.Element):
    """Stands where the list of facts goes; filled when every page has been read."""


class FactsRegister(SphinxDirective):
    """``{facts-register}`` : every fact with its printed and corrected value, checks and the pages that use it."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(_path(self.env)))
        return [facts_register()]


def _path(env: BuildEnvironment) -> Path:
    return Path(env.srcdir, env.config.coursebook_facts)


def _facts(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    path = _path(env)
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    held = getattr(env.app, "_coursebook_facts", None)
    if held is None or held[0] != stamp:
        held = env.app._coursebook_facts = (stamp, read(path))  # type: ignore[attr-defined]
    return held[1]


def _used(env: BuildEnvironment) -> dict[str, list[tuple[str, str, str]]]:
    """Document -> (fact id, anchor of the section, its title), kept in the pickled environment."""
    if not hasattr(env, "coursebook_facts_used"):
        env.coursebook_facts_used = {}  # type: ignore[attr-defined]
    return env.coursebook_facts_used  # type: ignore[attr-defined]


def _note_use(app: Sphinx, doctree: nodes.document) -> None:
    places = []
    for link in doctree.findall(addnodes.pending_xref):
        if link.get("reftype") == "fact":
            section = link.parent
            while section.parent is not None and not isinstance(section, nodes.section):
                section = section.parent
            title = section[0].astext() if isinstance(section, nodes.section) else ""
            places.append((link["reftarget"], (section.get("ids") or [""])[0], title))
    _used(app.env)[app.env.docname] = places


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _used(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    _used(env).update({name: places for name, places in _used(other).items() if name in docnames})


def _outdate_register(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The facts page says who uses a fact, so it is written again whenever any page was read."""
    page = app.config.coursebook_facts_page
    return [page] if page in env.found_docs else []


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    if node.get("reftype") != "fact":
        return None
    page, anchor = app.config.coursebook_facts_page, f"fact-{node['reftarget']}"
    return make_refnode(app.builder, node["refdoc"], page, anchor, content, "where this number comes from")


def _fill_register(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for placeholder in list(doctree.findall(facts_register)):
        facts = _facts(app.env)
        users: dict[str, list[tuple[str, str, str]]] = {}
        for page, places in sorted(_used(app.env).items()):
            for fact_id, anchor, title in dict.fromkeys(places):
                users.setdefault(fact_id, []).append((page, anchor, title))
        corrected = _corrected(app)
        works = _works(app)
        header = ("Fact", "Printed value", "Corrected", "Chapter", "Section", "Kind", "Check", "Evidence", "Used in")
        rows = [
            (
                [nodes.Text(_name(fact)), nodes.literal("", fact_id, classes=["fact-id"])],
                f"{with_unit(fact['value'], fact['unit'])} (“{fact['printed']}”)",
                _correction(app, docname, corrected.get(fact_id), fact),
                fact["chapter"],
                fact["section"],
                fact["kind"],
                fact["checked"],
                _evidence(fact["evidence"], works),
                _links(app, docname, users.get(fact_id, [])),
            )
            for fact_id, fact in facts.items()
        ]
        content = tables.table(header, rows, [f"fact-{fact_id}" for fact_id in facts], ("Chapter", "Kind", "Check"))
        placeholder.replace_self(tables.register(content, cards=True, dataset=_path(app.env).stem))


def _name(fact: dict[str, str]) -> str:
    """Indicator, entity and period of a fact in one line."""
    return ", ".join(filter(None, (fact["indicator"], fact["entity"], fact["period"], fact["basis"]))) + " "


def _corrected(app: Sphinx) -> dict[str, dict[str, str]]:
    """Corrections of facts by fact id."""
    path = Path(app.srcdir, app.config.coursebook_corrections or "-")
    rows = tables.read_csv(path) if path.is_file() else []
    return {row["key"].removeprefix("id="): row for row in rows if row["dataset"] == "facts"}


def _correction(app: Sphinx, docname: str, row: dict[str, str] | None, fact: dict[str, str]) -> list[nodes.Node]:
    if row is None:
        return []
    value = with_unit(row["corrected"], fact["unit"]) if row["column"] == "value" else row["corrected"]
    page = app.config.coursebook_corrections_page
    anchor = f"erratum-{row['erratum'].lower()}"
    return [make_refnode(app.builder, docname, page, anchor, nodes.Text(value), "why it was corrected")]


def _works(app: Sphinx) -> dict[str, tuple[str, str]]:
    """Title and address of every work of the book's bibliographies, by key."""
    found = {}
    for name in getattr(app.config, "bibtex_bibfiles", ()):
        for key, entry in parse_bibliography(str(Path(app.srcdir, name))).entries.items():
            title = re.sub(r"[{}]", "", entry.fields.get("title", key))
            found[key] = (title, entry.fields.get("url", ""))
    return found


def _evidence(text: str, works: dict[str, tuple[str, str]]) -> list[nodes.Node]:
    """What a check rests on: works by their title, linked where they have an address; other words as they stand."""
    parts: list[nodes.Node] = []
    for key in filter(None, map(str.strip, text.split(";"))):
        title, address = works.get(key, (key, ""))
        parts += [nodes.Text("; ")] if parts else []
        parts.append(nodes.reference("", title, refuri=address) if address else nodes.Text(title))
    return parts


def _links(app: Sphinx, docname: str, places: list[tuple[str, str, str]]) -> list[nodes.Node]:
    links: list[nodes.Node] = []
    for page, anchor, title in places:
        if links:
            links.append(nodes.Text("; "))
        links.append(make_refnode(app.builder, docname, page, anchor, nodes.Text(title)))
    return links


def setup(app: Sphinx) -> None:
    """Add the roles, the directive and the bookkeeping of which page uses which fact."""
    app.add_config_value("coursebook_facts", "data/facts.csv", "env", [str])
    app.add_config_value("coursebook_facts_page", "reference/facts", "env", [str])
    app.add_role("fact", FactRole())
    app.add_role("number", NumberRole())
    app.add_node(facts_register)
    app.add_directive("facts-register", FactsRegister)
    app.connect("doctree-read", _note_use)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _outdate_register)
    app.connect("missing-reference", _resolve)
    app.connect("doctree-resolved", _fill_register)

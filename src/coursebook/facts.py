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
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from coursebook import keys, tables, uses

logger = logging.getLogger(__name__)

_CURRENCY = re.compile(r"^(RMB|[A-Z]{3}) ?")
_FORMAT = re.compile(r"^,?\.\d+[f%]$")
_HEADER = (
    *("Fact", "Printed value", "Corrected", "Does not fit", "Chapter", "Section", "Kind", "Check", "Evidence", "Note"),
    "Used in",
)


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


class facts_register(uses.fed_by_uses):
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
        users = uses.of(app.env, "fact")
        corrected = _corrected(app)
        errata = _errata(app)
        rows = [
            (
                [nodes.Text(_name(fact)), nodes.literal("", fact_id, classes=["fact-id"])],
                f"{with_unit(fact['value'], fact['unit'])} (“{fact['printed']}”)",
                _correction(app, docname, corrected.get(fact_id), fact),
                keys.linked(app, docname, "; ".join(errata.get(fact_id, ()))),
                fact["chapter"],
                fact["section"],
                fact["kind"],
                fact["checked"],
                keys.linked(app, docname, fact["evidence"]),
                fact["note"],
                uses.links(app, docname, users.get(fact_id, [])),
            )
            for fact_id, fact in facts.items()
        ]
        content = tables.table(_HEADER, rows, [f"fact-{fact_id}" for fact_id in facts], ("Chapter", "Kind", "Check"))
        placeholder.replace_self(tables.register(content, cards=True, dataset=_path(app.env).stem))


def _name(fact: dict[str, str]) -> str:
    """Indicator, entity and period of a fact in one line."""
    return ", ".join(filter(None, (fact["indicator"], fact["entity"], fact["period"], fact["basis"]))) + " "


def _corrected(app: Sphinx) -> dict[str, dict[str, str]]:
    """Corrections of facts by fact id."""
    path = Path(app.srcdir, app.config.coursebook_corrections or "-")
    rows = tables.read_csv(path) if path.is_file() else []
    return {row["key"].removeprefix("id="): row for row in rows if row["dataset"] == "facts"}


def _errata(app: Sphinx) -> dict[str, list[str]]:
    """Ids of the errata about each fact, as the column ``facts`` of the register of errata names them."""
    path = Path(app.srcdir, app.config.coursebook_datapackage).with_name("errata.csv")
    found: dict[str, list[str]] = {}
    for row in tables.read_csv(path) if path.is_file() else []:
        for fact_id in filter(None, map(str.strip, row.get("facts", "").split(";"))):
            found.setdefault(fact_id, []).append(row["id"])
    return found


def _correction(app: Sphinx, docname: str, row: dict[str, str] | None, fact: dict[str, str]) -> list[nodes.Node]:
    if row is None:
        return []
    value = with_unit(row["corrected"], fact["unit"]) if row["column"] == "value" else row["corrected"]
    return [keys.erratum(app, docname, row["erratum"], value)]


def setup(app: Sphinx) -> None:
    """Add the roles and the directive."""
    app.add_config_value("coursebook_facts", "data/facts.csv", "env", [str])
    app.add_config_value("coursebook_facts_page", "reference/facts", "env", [str])
    app.add_role("fact", FactRole())
    app.add_role("number", NumberRole())
    app.add_node(facts_register)
    app.add_directive("facts-register", FactsRegister)
    app.connect("missing-reference", _resolve)
    app.connect("doctree-resolved", _fill_register)

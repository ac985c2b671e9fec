"""What a term means, beside the term: links made by ``{term}`` carry the definition, shown on hover, focus and tap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursebook import static_files
from coursebook.tables import read_csv

_SCRIPT = "terms.js"
CLASS = "explained-term"


def explanation(row: dict[str, str]) -> str:
    """Expansion, Chinese and definition of a term in one line."""
    chinese = f"{row['chinese']} ({row['pinyin']})" if row.get("chinese") else ""
    return ". ".join(part.rstrip(".") for part in (row.get("expansion", ""), chinese, row["definition"]) if part) + "."


def _glossary(app: Sphinx) -> dict[str, str]:
    """Explanations by term in lower case; nothing when the book keeps no glossary as data."""
    path = Path(app.srcdir, app.config.coursebook_glossary)
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    held = getattr(app, "_coursebook_glossary", None)
    if held is None or held[0] != stamp:
        rows = read_csv(path) if stamp else []
        held = app._coursebook_glossary = (stamp, {row["term"].lower(): explanation(row) for row in rows})  # type: ignore[attr-defined]
    return held[1]


def _explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    known = _glossary(app)
    for word in doctree.findall(nodes.inline):
        link = word.parent
        if "std-term" not in word["classes"] or not isinstance(link, nodes.reference):
            continue
        term = link.get("reftitle") or link.get("refuri", link.get("refid", "")).rpartition("#term-")[2]
        text = known.get(term.lower()) or known.get(term.replace("-", " ").lower()) or known.get(word.astext().lower())
        if text:
            link["reftitle"] = text
            link["classes"].append(CLASS)


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    static_files.copy(app, _SCRIPT)


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if CLASS in (context.get("body") or ""):
        app.add_js_file(f"coursebook/{_SCRIPT}", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the setting and the steps."""
    app.add_config_value("coursebook_glossary", "data/glossary.csv", "env", [str])
    app.connect("doctree-resolved", _explain, priority=700)
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add)

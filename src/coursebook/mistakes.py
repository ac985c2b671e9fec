"""*Report a mistake*: links that already say which page, figure, dataset, row and printed value they are about.

`coursebook_report` is an address with the places `{subject}` and `{body}`: of a new issue, or `mailto:`. A book without
it shows no link.
"""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from coursebook import static_files

_SCRIPT = "mistakes.js"
_QUESTION = "What is wrong, and what would be right?"
_PLACES = ("{subject}", "{body}")


def address(template: str, subject: str, about: dict[str, str]) -> str:
    """Where a report goes, its words filled in; empty without a template.

    Args:
        template: the setting.
        subject: in a few words.
        about: what is known of the place, by name; empty values are left out.
    """
    lines = [f"{name}: {value}" for name, value in about.items() if value]
    body = "\n".join([*lines, "", _QUESTION, ""])
    return template.replace("{subject}", quote(subject, safe="")).replace("{body}", quote(body, safe=""))


def report(config: Config, page: str, subject: str, **about: str) -> str:
    """Address of a report on something on a page of the book; empty when the book wants none.

    Args:
        config: of the book.
        page: address of the page on the site.
        subject: in a few words.
        about: what else is known, by name.
    """
    base = (config.html_baseurl or "").rstrip("/")
    return address(config.coursebook_report, subject, {"Page": f"{base}/{page}" if base else page, **about})


def _check(app: Sphinx, config: Config) -> None:
    template = config.coursebook_report
    if template and not all(place in template for place in _PLACES):
        raise ConfigError(f"coursebook_report: {template!r} lacks {' or '.join(_PLACES)}, where the words go")


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if not app.config.coursebook_report or not isinstance(doctree, nodes.document):
        return
    title = app.env.titles[page].astext()
    edition = app.config.coursebook_edition
    link = report(app.config, app.builder.get_target_uri(page), f"Mistake in: {title}", Edition=edition)
    words = '<p class="report-mistake"><a href="{}" data-report="{}">Report a mistake on this page</a></p>'
    footer = context.get("theme_extra_footer") or ""
    context["theme_extra_footer"] = footer + words.format(escape(link), escape(app.config.coursebook_report))
    if any("register" in each["classes"] for each in doctree.findall(nodes.container)):
        app.add_js_file(f"coursebook/{_SCRIPT}", loading_method="defer")


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    if app.config.coursebook_report:
        static_files.copy(app, _SCRIPT)


def setup(app: Sphinx) -> None:
    """Register the setting and connect to the writing of pages, after the line with the edition."""
    app.add_config_value("coursebook_report", "", "env", [str])
    app.connect("config-inited", _check)
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add, priority=510)

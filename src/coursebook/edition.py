"""Version and date of the book at the foot of its pages: the date of what they are made from, never the clock's."""

from __future__ import annotations

import datetime
import os
import subprocess
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

#: Not `%B`, whose names depend on the locale of the machine that builds.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_of(folder: Path) -> datetime.datetime | None:
    """When the book's sources are from, in UTC: `SOURCE_DATE_EPOCH`, else the commit, else unknown.

    Args:
        folder: the book's.

    Raises:
        ValueError: `SOURCE_DATE_EPOCH` is set and is no number of seconds.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or _commit_time(folder)
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC) if seconds else None


def _commit_time(folder: Path) -> str:
    command = ["git", "-C", str(folder), "log", "-1", "--format=%ct"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""  # no git, or a copy without its history


def line(release: str, date: datetime.datetime | None) -> str:
    """`Version 0.1.0, 28 November 2026`, or without the date where it is unknown."""
    return f"Version {release}" + (f", {date.day} {_MONTHS[date.month - 1]} {date.year}" if date else "")


def _date(app: Sphinx, config: Config) -> None:
    """Put the line into the configuration: when it changes, Sphinx writes every page again."""
    if config.release and not config.coursebook_edition:
        config.coursebook_edition = line(config.release, date_of(Path(app.srcdir)))


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if app.config.coursebook_edition:
        footer = context.get("theme_extra_footer") or ""
        context["theme_extra_footer"] = f'{footer}<p class="edition">{escape(app.config.coursebook_edition)}</p>'


def setup(app: Sphinx) -> None:
    """Connect to the configuration and to the writing of pages."""
    app.add_config_value("coursebook_edition", "", "html", [str])
    app.connect("config-inited", _date)
    app.connect("html-page-context", _add)

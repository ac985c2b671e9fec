"""Builds that spend less time on looking for garbage.

A build keeps most of its objects until it ends (settings, environment, templates), and Python looks through all of
them again and again, the last time when it exits. What stands before pages are read, and before they are written, is
set aside; doctrees, which end with their page, are still found. A program that builds again gets back what the build
before had set aside.
"""

from __future__ import annotations

import gc

from sphinx.application import Sphinx

#: New objects before Python looks, and how often it looks among older ones; its own values are for small programs.
SELDOM = (20_000, 20, 100)

_usual = gc.get_threshold()


def _set_aside(*_: object) -> None:
    gc.freeze()


def _look_as_usual(*_: object) -> None:
    gc.set_threshold(*_usual)


def setup(app: Sphinx) -> None:
    """Look seldom until the build has ended; set aside when much has been made that stays."""
    gc.unfreeze()
    gc.set_threshold(*SELDOM)
    for moment in ("builder-inited", "env-before-read-docs", "env-updated"):
        app.connect(moment, _set_aside, priority=999)
    app.connect("build-finished", _look_as_usual)

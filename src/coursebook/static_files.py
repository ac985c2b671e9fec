"""Our own scripts and style sheets, put beside the pages of a site."""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx

STATIC = Path(__file__).parent / "static"


def makes_site(app: Sphinx) -> bool:
    """Whether the builder writes pages for a browser; an EPUB is HTML, too, but has no scripts of ours."""
    return app.builder.format == "html" and app.builder.name != "epub"


def folder(app: Sphinx) -> Path:
    """Where our files stand in the site; made if it is not there."""
    place = Path(app.outdir, "_static", "coursebook")
    place.mkdir(parents=True, exist_ok=True)
    return place


def copy(app: Sphinx, *names: str) -> None:
    """Copy files of `static` into a site before pages are written: Sphinx adds a checksum of each to its address."""
    if makes_site(app):
        place = folder(app)
        for name in names:
            shutil.copyfile(STATIC / name, place / name)

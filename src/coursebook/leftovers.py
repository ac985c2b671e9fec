"""Pages that the book no longer has leave the site with all that was theirs: Sphinx removes nothing.

Else a renamed chapter would stay under its old name, in the kit and in what readers save as well. Which pages were the
book's own, their sources tell: for each there is one in `_sources`, and for no other file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from coursebook.html import FOLDER as CHARTS

_HASH = "[0-9a-f]" * 32  # Sphinx puts each file that pages offer into a folder of its own


def remove(site: Path, pages: Iterable[str], downloads: Iterable[str], endings: Iterable[str]) -> None:
    """Remove from a built site what no page has.

    Args:
        site: the folder.
        pages: names of all pages, for instance `chapters/4`.
        downloads: what they offer, by its address within `_downloads`.
        endings: of files in `_sources`, after the name of their page.
    """
    known = {name.casefold() for name in pages}  # where case is one, the new page may stand in the old one's file
    sources = site / "_sources"
    name_of = re.compile(rf"(.+?)(?:{'|'.join(map(re.escape, endings))})")
    for path in [path for path in sources.rglob("*") if path.is_file()]:
        found = name_of.fullmatch(path.relative_to(sources).as_posix())
        if found and found[1].casefold() not in known:
            for left in [path, *_written_for(found[1], site)]:
                _remove(left, site)
    offered = {site / "_downloads" / each for each in downloads}
    for path in set((site / "_downloads").glob(f"{_HASH}/*")) - offered:
        _remove(path, site)


def _written_for(page: str, site: Path) -> list[Path]:
    """The page, its charts, and the index if it leads there: nobody writes it anew for another first page."""
    charts = (site / CHARTS / page).glob("*")  # folders in it belong to other pages
    index = site / "index.html"
    leads = index.is_file() and f'"Refresh" content="0; url={page}.html"' in index.read_text(encoding="utf-8")
    return [site / f"{page}.html", *(file for file in charts if file.is_file()), *([index] if leads else [])]


def _remove(file: Path, top: Path) -> None:
    """Remove a file and the folders that it leaves empty."""
    file.unlink(missing_ok=True)
    for folder in file.relative_to(top).parents:
        if (top / folder).is_dir() and not any((top / folder).iterdir()):
            (top / folder).rmdir()


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if failure or app.builder.name != "html":
        return
    suffixes = list(app.config.source_suffix)
    linked = [suffix + app.config.html_sourcelink_suffix for suffix in suffixes]
    offered = [address for _, address in app.env.dlfiles.values()]
    remove(Path(app.outdir), app.env.found_docs, offered, [*suffixes, *linked, ".ipynb", ".data.zip"])


def setup(app: Sphinx) -> None:
    """Connect to the end of the build, before the site's files are listed and its pages searched for icons."""
    app.connect("build-finished", _finish, priority=100)

"""The theme's menu of all pages: made once, then marked for each page, and each of its buttons named.

The theme makes the menu anew for every page from all pages, so that a page costs the more the more there are. All that
differs is where the addresses lead from and which branch is marked and open.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment.adapters.toctree import TocTree
from sphinx.util.osutil import relative_uri

#: Those whose menu this is. Another theme keeps its own, and may not even have these installed.
_THEMES = ("sphinx_book_theme", "pydata_sphinx_theme")
_NOWHERE = "coursebook-no-page"
_KEPT = "coursebook_toctree"


def named_branches(menu: Tag) -> Tag:
    """The theme's menu, each button that opens the pages under another named after it: the theme gives it an icon."""
    for button in menu.select("a + details > summary"):
        page = button.find_parent("li").find("a")
        button["aria-label"] = f"Pages under: {page.get_text(strip=True)}"
    return menu


def marked(menu: BeautifulSoup, address: str) -> BeautifulSoup | None:
    """A copy of a menu as a page shows it; nothing if the menu does not hold the page.

    Args:
        menu: with no page marked and every address as it is from the top of the site.
        address: of the page, from the top of the site.
    """
    menu = copy(menu)
    links = [link for link in menu("a") if "internal" in link["class"]]
    own = [link for link in links if link["href"] == address]
    for link in links:
        link["href"] = relative_uri(address, link["href"]) or "#"
    for link in own:
        _mark(link)
    return menu if own else None


def _mark(link: Tag) -> None:
    """Mark a page and the branch it is on, in the words of the theme, and open the branch."""
    link["class"] = ["current", *link["class"]]
    for branch in link.find_parents(["li", "ul"]):
        classes = branch.get("class", [])
        if branch.name == "ul":
            branch["class"] = ["current", *classes]
        else:
            level, *others = classes
            branch["class"] = [level, "current", "active", *others]
            for pages_under in branch("details", recursive=False):
                pages_under["open"] = "open"


def _theirs(app: Sphinx, page: str, toctree: Callable[..., str], wanted: dict[str, Any]) -> BeautifulSoup:
    """The menu as the theme makes it of Sphinx's."""
    from pydata_sphinx_theme.toctree import add_toctree_functions

    context: dict[str, Any] = {"toctree": toctree}
    add_toctree_functions(app, page, "", context, None)
    return named_branches(context["generate_toctree_html"](**wanted))


def _unmarked(app: Sphinx, wanted: dict[str, Any]) -> BeautifulSoup:
    """The menu of a page that it does not hold, with addresses from the top of the site."""

    def toctree(collapse: bool, **options: Any) -> str:
        tree = TocTree(app.env).get_toctree_for(_NOWHERE, app.builder, collapse, **options)
        return app.builder.render_partial(tree)["fragment"]

    menu = _theirs(app, _NOWHERE, toctree, wanted)
    for link in menu("a"):
        if "internal" in link["class"]:
            link["href"] = urljoin(f"/{app.builder.get_target_uri(_NOWHERE)}", link["href"]).removeprefix("/")
    return menu


def _is_same_for_all(wanted: dict[str, Any]) -> bool:
    """Whether a menu holds all pages, folded or not, on each page."""
    return (
        wanted.get("kind") == "sidebar"
        and wanted.get("startdepth") == 0
        and wanted.get("show_nav_level", 1) > 0
        and wanted.get("collapse") is False
    )


def _hold_back(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Keep Sphinx's function for us: the theme makes each page's menu once only to see that its frame is not empty."""
    if "toctree" in context:
        context[_KEPT], context["toctree"] = context["toctree"], lambda **options: ""


def _give(
    made: dict[Any, BeautifulSoup], app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put ours in the place of the theme's function, which its template calls."""
    if _KEPT not in context:
        return
    toctree = context["toctree"] = context.pop(_KEPT)

    def menu(kind: str, **options: Any) -> Tag:
        wanted = {"kind": kind, **options}  # pydata's own template gives the kind without its name
        ours = None
        if app.builder.name in ("html", "dirhtml") and _is_same_for_all(wanted):
            key = tuple(sorted(wanted.items()))
            if key not in made:
                made[key] = _unmarked(app, wanted)
            ours = marked(made[key], app.builder.get_target_uri(page))
        # of a page deeper than the menu goes, the theme marks the branch it would be on
        return ours or _theirs(app, page, toctree, wanted)

    if "generate_toctree_html" in context:
        context["generate_toctree_html"] = menu


def _connect(app: Sphinx, config: Config) -> None:
    if config.html_theme not in _THEMES:
        return
    made: dict[Any, BeautifulSoup] = {}
    app.connect("env-updated", lambda app, env: made.clear())
    app.connect("html-page-context", _hold_back, priority=400)
    app.connect("html-page-context", partial(_give, made), priority=900)


def setup(app: Sphinx) -> None:
    """Connect before and after the theme. The first page is written before the work is shared out: all find it made."""
    app.connect("config-inited", _connect)

"""Pages that load only what they use, and nothing from another host. `coursebook_light: false` leaves all as it was.

Extensions add their scripts and style sheets to every page, the theme its icons and the whole search index. Here
each file is kept on the pages whose text has what it serves. A file of another host is never kept: the build warns,
so that with `-W` it stops.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from coursebook.icons import OUR_CSS, THEME_CSS, lighten
from coursebook.static_files import copy, makes_site
from coursebook.warnings import Kind, warn

TEMPLATES = Path(__file__).parent / "templates"

#: Files of extensions, what marks their use in a page's text, and the setting under which the mark is another.
_USES = (
    (
        r"^(copybutton\.(css|js)|clipboard\.min\.js)$",
        r'class="[^"]*\bhighlight\b',
        ("copybutton_selector", "div.highlight pre"),
    ),
    (
        r"^togglebutton\.(css|js)$|\btoggle(Hint|OpenOnPrint|buttonSelector)",
        r'class="[^"]*\b(toggle|dropdown)\b',
        ("togglebutton_selector", ".toggle, .admonition.dropdown"),
    ),
    (r"^sphinx-design\.min\.css$", r'class="[^"]*\bsd-', None),
    (r"^design-tabs\.js$", r'class="[^"]*\bsd-tab', None),
    (r"^exercise\.css$", r'class="[^"]*\b(exercise|solution)\b', None),
    (r"^mystnb\.\w+\.css$", r'class="[^"]*\b(cell|cell_output|output|highlight)\b', None),
    (r"^pygments\.css$", r'class="[^"]*\bhighlight\b', None),
)
#: The dialog sends its words to search.html, which loads these itself; no other page needs them.
_SEARCH_SCRIPTS = re.compile(r"<script src=\"[^\"]*\b(searchtools|language_data|searchindex)\.js[^\"]*\"></script>\s*")
#: Buttons to copy code would lengthen the longest task of a page that loads; nobody misses them before it stands.
_COPY_SCRIPTS = re.compile(r"<script (src=\"[^\"]*\b(?:clipboard\.min|copybutton)\.js[^\"]*\"></script>)")
_LATER = "later.js"
_ICON_SCRIPT = re.compile(r"<script[^>]*/fontawesome\.js[^>]*></script>\s*")
_THEME_CSS = re.compile(rf"{re.escape(THEME_CSS.as_posix())}(\?digest=\w+)?")


def _prepare(app: Sphinx, config: Config) -> None:
    if config.coursebook_light:
        config.templates_path.append(str(TEMPLATES))


def _lighter_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> str | None:
    """Filter the page's files and wrap its template; goes last, when every extension has added its files."""
    if not _is_on(app):
        return None
    body = context.get("body") or ""
    for kind in ("css_files", "script_files"):
        files = context.get(kind, [])
        files[:] = [each for each in _once(files) if _used(app, each, body) and not _outside(each, page)]
    if any("copybutton" in _name(each) for each in context.get("script_files", [])):
        app.add_js_file(f"coursebook/{_LATER}", loading_method="defer")
    context["coursebook_page"] = template
    as_you_type = bool(context.get("theme_search_as_you_type") in (True, "true", "True"))
    context["coursebook_waiting"] = waiting
    context["coursebook_lighter"] = lambda html: lighter(html, as_you_type)
    return "coursebook/light.html"


def lighter(html: str, search_on_every_page: bool = False) -> str:
    """A piece of a page's head without the script of icons, with the light style sheet, without the search index.

    Args:
        html: what the theme wrote.
        search_on_every_page: the theme shows results while a reader types; then the index stays.
    """
    html = _ICON_SCRIPT.sub("", html)
    html = _THEME_CSS.sub(OUR_CSS.as_posix(), html)
    return html if search_on_every_page else _SEARCH_SCRIPTS.sub("", html)


def waiting(html: str) -> str:
    """A page's scripts, of which those that can wait are none to the browser until `later.js` makes them some."""
    return _COPY_SCRIPTS.sub(r'<script type="text/later" \1', html)


def _name(file: Any) -> str:
    return str(getattr(file, "filename", file) or "")


def _code(file: Any) -> str:
    return str(getattr(file, "attributes", {}).get("body") or "")


def _once(files: list[Any]) -> list[Any]:
    """Files without repetitions: Jupyter Book sets up some extensions twice."""
    return list({(_name(each), _code(each)): each for each in reversed(files)}.values())[::-1]


def _used(app: Sphinx, file: Any, body: str) -> bool:
    for name, mark, setting in _USES:
        if re.search(name, posixpath.basename(_name(file)) or _code(file)):
            other = setting and getattr(app.config, setting[0], setting[1]) != setting[1]
            return bool(other or re.search(mark, body))
    return True


def _outside(file: Any, page: str) -> bool:
    """Whether a file would come from another host; said as a warning, so that nothing is lost in silence."""
    if not re.match(r"(https?:)?//", _name(file)):
        return False
    what = f"the page would load {_name(file)}: left out, since nothing leaves the site"
    warn(Kind.OUTSIDE, f"{what} (coursebook_light: false lets it)", page)
    return True


def _is_on(app: Sphinx) -> bool:
    return app.config.coursebook_light and makes_site(app)


def _copy_script(app: Sphinx, env: BuildEnvironment) -> None:
    if _is_on(app):
        copy(app, _LATER)


def _lighten(app: Sphinx, failure: Exception | None) -> None:
    if not failure and _is_on(app):
        lighten(Path(app.outdir))


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages and to the end of the build."""
    app.add_config_value("coursebook_light", True, "html", [bool])
    app.connect("config-inited", _prepare)
    app.connect("env-updated", _copy_script)
    app.connect("html-page-context", _lighter_page, priority=950)
    app.connect("build-finished", _lighten)

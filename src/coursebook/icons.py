"""The theme's style sheet with the icons and the parts that the site shows, in place of all there are.

The theme loads a script of 540 KB (gzipped) and a font of 156 KB for a dozen icons. Its style sheet can draw them
from a font alone. A subset of that font keeps everything else as the theme has it: icons in text and in `::before`,
their colour and size, printing, and the colours that a reader's system forces. Masks of inline SVG would need no
font, but a rule for each of the theme's pseudo-elements, and they vanish in print and in forced colours.

Which icons: the names in the written pages, in the site's scripts, and the characters in its style sheets. So icons
that authors use are there too, and nothing has to be listed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

THEME_CSS = Path("styles", "pydata-sphinx-theme.css")
OUR_CSS = Path("coursebook", "theme.css")
#: What the subset replaces; left in `_static` it would only make the site heavy to copy.
_REPLACED = ("scripts/fontawesome.js*", "styles/pydata-sphinx-theme.css*", "vendor/fontawesome/webfonts/*")

#: The font of every page is in the style sheet itself: icons that come late move the buttons beside them.
_EVERYWHERE = "solid"

#: Parts of Bootstrap with rules of their own that a book seldom has.
_PARTS = [
    "accordion",
    "carousel",
    "form-floating",
    "form-range",
    "input-group",
    "list-group",
    "offcanvas",
    "pagination",
    "placeholder",
    "spinner",
    "toast",
]

_NAME = re.compile(r"\bfa-([a-z0-9-]+)")
#: `.fa-bars:before,.fa-navicon:before{content:"\f0c9"}`
_ICON_RULE = re.compile(r'((?:\.fa-[\w-]+::?before,?)+)\{content:"([^"]+)"\}')
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_CLASSES = re.compile(r'\bclass(?:Name)?\s*=\s*["\']([^"\']+)')
_FONT_FACE = re.compile(r"@font-face\{[^}]*\bsrc:([^}]*fontawesome[^}]*)\}")
_ESCAPED = re.compile(r"\\([0-9a-f]{1,6}) ?")
_LINK = re.compile(rb'(href="[^"]*\bcoursebook/theme\.css)[^"]*"')
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")


def names_in(text: str) -> set[str]:
    """Icons that a page or a script names: `fa-bars` -> `bars`."""
    return set(_NAME.findall(text))


def characters_in(css: str) -> set[str]:
    """Characters of icons that a style sheet writes itself, as `\\f107` or as they are."""
    return set(_PRIVATE.findall(_plain(css)))


def _plain(css: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), css)


def without_unused(css: str, names: set[str]) -> tuple[str, set[str]]:
    """A style sheet without the rules of icons that nothing names, and the characters of those that remain."""
    characters: set[str] = set()

    def keep(rule: re.Match[str]) -> str:
        if not names & names_in(rule[1]):
            return ""
        characters.update(_plain(rule[2]).strip())
        return rule[0]

    return _ICON_RULE.sub(keep, css), characters


def without_parts(css: str, classes: set[str]) -> str:
    """A style sheet without the rules of those parts of Bootstrap that no class of the site begins with."""
    unused = [part for part in _PARTS if not any(name.startswith(part) for name in classes)]
    if not unused:
        return css
    mark = re.compile(rf"\.(?:{'|'.join(unused)})")
    return _RULE.sub(lambda rule: "" if all(map(mark.search, rule[1].split(","))) else rule[0], css)


def subset(font: Path, characters: Iterable[str]) -> bytes | None:
    """A font as WOFF with these characters alone; None when it has none of them."""
    # The time of the build stays out of the file, so that two builds give the same bytes.
    with TTFont(font, recalcTimestamp=False) as whole:
        wanted = {ord(character) for character in characters} & set(whole.getBestCmap())
        if not wanted:
            return None
        cutter = Subsetter(Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 13]))
        cutter.populate(unicodes=wanted)
        cutter.subset(whole)
        whole.flavor = "woff"  # compressed by zlib, which Python has; WOFF 2 would need one more library
        stream = io.BytesIO()
        whole.save(stream)
    return stream.getvalue()


def lighten(site: Path) -> None:
    """Write a light copy of the theme's style sheet and its fonts into a built site, and remove what they replace."""
    static = site / "_static"
    if not (static / THEME_CSS).is_file():
        return  # another theme, or nothing was written this time
    css = (static / THEME_CSS).read_text(encoding="utf-8")
    bare, _ = without_unused(css, set())
    texts = _texts(site)
    light, characters = without_unused(css, set().union(*map(names_in, texts)))
    light = without_parts(light, {name for text in texts for each in _CLASSES.findall(text) for name in each.split()})
    characters |= characters_in(bare)
    for sheet in static.rglob("*.css"):
        if sheet not in (static / THEME_CSS, static / OUR_CSS):
            characters |= characters_in(sheet.read_text(encoding="utf-8", errors="ignore"))

    def face(rule: re.Match[str]) -> str:
        font = static / "styles" / re.findall(r"url\(([^)]+\.ttf)\)", rule[1])[0]
        small = subset(font, characters)
        if small is None:
            return ""
        if _EVERYWHERE in font.stem:
            address = f"data:font/woff;base64,{base64.b64encode(small).decode()}"
        else:
            address = f"{font.stem}.woff?{_digest(small)}"
            (static / OUR_CSS).with_name(f"{font.stem}.woff").write_bytes(small)
        return rule[0].replace(rule[1], f'url({address}) format("woff")')

    written = _FONT_FACE.sub(face, light).encode()
    (static / OUR_CSS).write_bytes(written)
    _link(site, _digest(written))
    for pattern in _REPLACED:
        for path in static.glob(pattern):
            path.unlink()


def _digest(content: bytes) -> str:
    """What an address ends with, so that browsers take a file anew when its content changes."""
    return hashlib.sha256(content).hexdigest()[:8]


def _link(site: Path, digest: str) -> None:
    """Lead the pages to the style sheet of this digest: those, too, that this build had no need to write."""
    for path in site.rglob("*.html"):
        page = path.read_bytes()
        if (linked := _LINK.sub(rb'\1?%s"' % digest.encode(), page)) != page:
            path.write_bytes(linked)


def _texts(site: Path) -> list[str]:
    """The pages of a site and the scripts that could name an icon: neither Font Awesome's own nor Vega, nor data."""
    scripts = (path for path in (site / "_static").rglob("*.js") if path.stem not in ("fontawesome", "vega"))
    return [path.read_text(encoding="utf-8", errors="ignore") for path in (*site.rglob("*.html"), *scripts)]

"""Colours and type of charts on the page: CSS variables for what follows the theme, literals for what cannot.

A discrete colour is a CSS variable, so one drawing serves light and dark. A continuous scale interpolates numbers
and turns variables black, so its literal colours are chosen to read on both grounds. Pictures that leave the page
(downloads, PDF, EPUB) get the light values in place of the variables.
"""

from __future__ import annotations

import re
from typing import Any

from coursebook.spec import Spec, mapped

# name: (on a light ground, on a dark ground). Text reaches 4.5:1 and marks 3:1 (tests/unit/coursebook/test_theme.py).
PALETTE: dict[str, tuple[str, str]] = {
    "ground": ("#ffffff", "#14181e"),
    "text": ("#1f2328", "#e8ebef"),
    "muted": ("#59636e", "#a8b2bd"),
    "link": ("#0a5a9c", "#7dbcf5"),
    "grid": ("#e3e6ea", "#2d343d"),
    "axis": ("#8b949e", "#6b7580"),
    "cat-1": ("#1668b5", "#66b0f2"),
    "cat-2": ("#c2500b", "#f59a54"),
    "cat-3": ("#12805c", "#4ccb9b"),
    "cat-4": ("#8e4ba8", "#cf9ae2"),
    "cat-5": ("#8a6d00", "#dcb93f"),
    "cat-6": ("#5b6673", "#b0bac5"),
    "cat-7": ("#c02f63", "#f788b0"),
    "cat-8": ("#1d8296", "#5cc4d8"),
}
CATEGORIES = tuple(name for name in PALETTE if name.startswith("cat-"))

# Literal scales for both grounds: lightness stays between 3:1 on white and 3:1 on the dark ground, hue does the rest.
SEQUENTIAL = ("#c2850c", "#c66f2f", "#c2584c", "#b24a6d", "#99458b", "#8556b0", "#6d64c2")
DIVERGING = ("#1f6fb8", "#4d7fae", "#74889f", "#8e8c88", "#a67f66", "#b66c45", "#bd5527")

# Fonts of one width: what is measured at build (Liberation Sans) is what most readers have (Arial), so nothing is cut.
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
MINIMUM_TEXT = 12  # px as drawn; the narrow drawing may shrink by a few percent and still show 11
_VARIABLE = re.compile(r"var\(--cb-([\w-]+)\)")


def var(name: str) -> str:
    """The CSS reference to a palette colour.

    Raises:
        KeyError: the palette has no such colour.
    """
    PALETTE[name]
    return f"var(--cb-{name})"


def literal_text(text: str) -> str:
    """`text` (a colour, or a whole SVG) with the light value in place of every variable."""
    return _VARIABLE.sub(lambda match: PALETTE[match[1]][0], text)


def literal(spec: Spec) -> Spec:
    """The specification with literal light colours on a white ground, for use outside the page."""
    plain = mapped(spec, literal_text)
    if plain.get("config", {}).get("background") == "transparent":
        plain["config"]["background"] = PALETTE["ground"][0]
    return plain


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`base` updated by `over`, dictionaries merged at every depth."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def beyond(base: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    """What `full` says otherwise than `base`; merged over `base` it gives `full`, if that lacks no key of `base`."""
    return {
        key: beyond(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in full.items()
        if key not in base or base[key] != value
    }


def page_config() -> dict[str, Any]:
    """The Vega-Lite configuration of charts on the page; an author's own configuration goes on top of it."""
    text, muted = var("text"), var("muted")
    labels = {"labelFontSize": MINIMUM_TEXT, "titleFontSize": MINIMUM_TEXT, "labelColor": muted}
    titles = {"titleColor": text, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "font": FONT,
        "mark": {"color": var("cat-1")},
        "text": {"color": text, "fontSize": MINIMUM_TEXT},
        "rule": {"color": muted},
        "boxplot": {"median": {"color": var("ground")}, "rule": {"color": muted}},
        "errorbar": {"rule": {"color": muted}},
        "geoshape": {"stroke": var("ground"), "strokeWidth": 0.5},
        "line": {"strokeWidth": 2.25},
        "title": {
            "color": text,
            "subtitleColor": muted,
            "fontSize": 15,
            "subtitleFontSize": 13,
            "fontWeight": 600,
            "anchor": "start",
            "frame": "group",
            "offset": 14,
        },
        "axis": {
            **labels,
            **titles,
            "domainColor": var("axis"),
            "tickColor": var("axis"),
            "gridColor": var("grid"),
            "labelPadding": 5,
            "titlePadding": 8,
        },
        "legend": {**labels, **titles, "symbolStrokeWidth": 2, "gradientStrokeColor": var("axis")},
        "header": {**labels, **titles, "labelColor": text},
        "view": {"stroke": "transparent"},
        "range": {
            "category": [var(name) for name in CATEGORIES],
            "ordinal": {"scheme": list(SEQUENTIAL)},
            "ramp": {"scheme": list(SEQUENTIAL)},
            "heatmap": {"scheme": list(SEQUENTIAL)},
            "diverging": {"scheme": list(DIVERGING)},
        },
    }


def has_own_ground(spec: Spec) -> bool:
    """Whether the author chose a background or a named Vega theme: then no colour of ours may sit on it."""
    ground = spec.get("background") or (spec.get("config") or {}).get("background")
    return _names_theme(spec) or ground not in (None, "", "transparent")


def _names_theme(spec: Spec) -> bool:
    return bool(((spec.get("usermeta") or {}).get("embedOptions") or {}).get("theme"))


def themed(spec: Spec) -> Spec:
    """The specification dressed for the page.

    A chart with its own ground gets our type sizes in literal colours; one with a Vega theme by name gets sizes alone,
    since the colours of a dark theme are no less its author's than its ground.
    """
    config = page_config()
    if has_own_ground(spec):
        config = _without_colours(config) if _names_theme(spec) else mapped(config, literal_text)
        config.pop("background", None)
    return {**spec, "config": merged(config, spec.get("config") or {})}


def _without_colours(config: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_colours(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if key != "range" and not (isinstance(value, str) and _VARIABLE.search(value))
    }


def variables_css() -> str:
    """The palette as style rules: light at the root, dark where the theme says so, light again on paper."""
    light, dark = ("".join(f"--cb-{name}:{pair[side]};" for name, pair in PALETTE.items()) for side in (0, 1))
    return (
        f':root,.altair-light{{{light}}}\nhtml[data-theme="dark"]{{{dark}}}\n'
        f'html[data-theme="dark"] .altair-light{{{light}}}\n'
        f'@media print{{html[data-theme="dark"]{{{light}}}}}\n'
    )

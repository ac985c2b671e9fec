"""Colours can be told apart from their ground in light and dark; what leaves the page has literal ones."""

from __future__ import annotations

import re

import pytest

from coursebook import theme

TEXT, MARK = 4.5, 3.0


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.1 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "muted", "link"])
def test_words_are_readable(name: str, side: int) -> None:
    assert contrast(theme.PALETTE[name][side], theme.PALETTE["ground"][side]) >= TEXT


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*theme.CATEGORIES, "axis"])
def test_marks_stand_out(name: str, side: int) -> None:
    assert contrast(theme.PALETTE[name][side], theme.PALETTE["ground"][side]) >= MARK


@pytest.mark.parametrize("colour", [*theme.SEQUENTIAL, *theme.DIVERGING])
def test_continuous_colours_stand_out_on_both_grounds(colour: str) -> None:
    assert min(contrast(colour, ground) for ground in theme.PALETTE["ground"]) >= MARK


def test_a_chart_follows_the_page_unless_it_brought_its_ground() -> None:
    assert "var(--cb-ground)" not in str(theme.themed({"mark": "bar", "background": "#fff8dc"}))
    assert theme.themed({"mark": "bar"})["config"]["background"] == "transparent"


def test_a_vega_theme_by_name_keeps_its_colours() -> None:
    """Ours are for a light ground; on that of `alt.theme.enable("dark")` nobody could read them."""
    dark = {"mark": "bar", "usermeta": {"embedOptions": {"theme": "dark"}}}
    config = theme.themed(dark)["config"]
    assert not re.search(r"#|var\(|rgb", str(config)) and config["axis"]["labelFontSize"] == theme.MINIMUM_TEXT


def test_the_authors_configuration_wins() -> None:
    spec = theme.themed({"mark": "bar", "config": {"mark": {"color": "red"}, "axis": {"labelFontSize": 20}}})
    assert spec["config"]["mark"]["color"] == "red"
    assert spec["config"]["axis"]["labelFontSize"] == 20


def test_what_a_page_leaves_out_of_a_configuration_comes_back() -> None:
    author = {"mark": {"color": "red"}, "axis": {"domain": False}, "range": {"category": ["#111111"]}, "legend": None}
    full = theme.themed({"mark": "bar", "config": author})["config"]
    assert theme.beyond(theme.page_config(), full) == author
    assert theme.merged(theme.page_config(), author) == full


def test_what_leaves_the_page_has_no_variables() -> None:
    assert "var(" not in str(theme.literal(theme.themed({"mark": "bar"})))


def test_an_unknown_colour_is_an_error() -> None:
    with pytest.raises(KeyError):
        theme.var("mauve")


def test_continuous_scales_have_no_variables() -> None:
    ranges = theme.page_config()["range"]
    assert "var(" not in str({name: ranges[name] for name in ("ordinal", "ramp", "heatmap", "diverging")})

"""Drawings become part of a page: smaller, announced once, with ids of their own, without scripts."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from coursebook import svg

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="100" height="50" viewBox="0 0 100 50">'
)
GRADIENT = (
    f'{HEAD}<defs><linearGradient id="gradient_41"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
    '<g><path d="M0,0L10.123,10" fill="url(#gradient_41)"/></g></svg>'
)


def test_ids_are_numbered_within_the_drawing_and_prefixed_on_the_page() -> None:
    compact = svg.compact(GRADIENT)
    assert 'id="g0"' in compact and "url(#g0)" in compact and "gradient_41" not in compact
    page = svg.for_page(compact, "static", "A <label>", "fig-1-")
    assert 'id="fig-1-g0"' in page and "url(#fig-1-g0)" in page
    assert 'aria-label="A &lt;label&gt;"' in page


def test_coordinates_keep_one_decimal_and_texts_all() -> None:
    compact = svg.compact(f'{HEAD}<g><path d="M0.04,1.26" stroke="red"/><text>0.1234</text></g></svg>')
    assert 'd="M0,1.3"' in compact and "0.1234" in compact


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"])
def test_an_address_that_could_run_is_dropped(address: str) -> None:
    compact = svg.compact(f'{HEAD}<a xlink:href="{address}"><path d="M0,0L1,1" stroke="red"/></a></svg>')
    assert "href" not in compact.partition(">")[2]


@pytest.mark.parametrize("address", ["https://example.org/a", "#there", "chapters/a.html"])
def test_a_plain_address_stays(address: str) -> None:
    compact = svg.compact(f'{HEAD}<a xlink:href="{address}"><path d="M0,0L1,1" stroke="red"/></a></svg>')
    assert address in compact


def test_what_draws_nothing_is_gone_and_the_rest_is_valid() -> None:
    compact = svg.compact(
        f'{HEAD}<g><path d="" stroke="red"/><text> </text><g><path d="M0,0L9,9" stroke="red"/></g></g></svg>'
    )
    paths = ET.fromstring(compact).findall(f".//{{{svg.SVG}}}path")
    assert len(paths) == 1 and "<text" not in compact


def test_size_needs_a_drawing() -> None:
    assert svg.size(HEAD + "</svg>") == (100, 50)
    with pytest.raises(ValueError, match="not an SVG"):
        svg.size("<p>no</p>")


def test_points_become_circles_in_their_place() -> None:
    point = "M2.7,0A2.7,2.7,0,1,1,-2.7,0A2.7,2.7,0,1,1,2.7,0"
    compact = svg.compact(f'{HEAD}<g><path transform="translate(12.43,8)" d="{point}" fill="red"/></g></svg>')
    assert '<circle cx="12.4" cy="8" r="2.7" fill="red"/>' in compact


def _points(*points: tuple[float, float, str], **more: str) -> str:
    circle = "M2.5,0A2.5,2.5,0,1,1,-2.5,0A2.5,2.5,0,1,1,2.5,0"
    others = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    drawn = (f'<path transform="translate({x},{y})" d="{circle}" fill="{fill}"{others}/>' for x, y, fill in points)
    return svg.compact(f"{HEAD}<g>{''.join(drawn)}</g></svg>")


def test_points_of_one_look_become_one_path() -> None:
    blue, red = "var(--cb-cat-1)", "#aa0000"
    compact = _points((10, 10, blue), (10, 30, red), (20, 10, blue), (21, 10, blue), (20, 30, red), stroke_width="2")
    paths = [each.attrib for each in ET.fromstring(compact).iter(f"{{{svg.SVG}}}path")]
    assert [(each["d"], each["stroke"]) for each in paths] == [
        ("M10,10h.01M20,10h.01M21,10h.01", blue),
        ("M10,30h.01M20,30h.01", red),
    ]
    assert compact.count('stroke-width="5"') == 1  # said once, by the group


def test_points_that_touch_another_colour_keep_their_order_on_top() -> None:
    compact = _points((10, 10, "#aa0000"), (50, 10, "#aa0000"), (12, 10, "#00aa00"), (60, 30, "#aa0000"))
    tags = [each.tag.rpartition("}")[2] for each in ET.fromstring(compact).iter()]
    assert tags[-3:] == ["path", "circle", "circle"]
    assert compact.index("#aa0000", compact.index("<circle")) < compact.index("#00aa00")


@pytest.mark.parametrize(
    ("fill", "more"),
    [("rgba(1,2,3,.5)", {}), ("url(#g)", {}), ("#aa0000", {"opacity": "0.5"}), ("#aa0000", {"stroke": "#000000"})],
    ids=["see-through", "gradient", "opacity", "outline"],
)
def test_points_that_a_path_would_paint_otherwise_stay_circles(fill: str, more: dict[str, str]) -> None:
    compact = _points((10, 10, fill), (30, 10, fill), (50, 10, "#00aa00"), **more)
    assert compact.count("<circle") == 3 and "<path" not in compact

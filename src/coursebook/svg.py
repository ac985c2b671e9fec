"""Vega's SVG made fit for a page: no ids that collide, no words for screen readers inside, as few bytes as possible.

The drawing is announced once, from outside, by its description; what Vega says of each axis and mark inside would
be noise, and a third of the bytes. Coordinates keep one decimal: a tenth of a pixel.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from html import escape

from coursebook.theme import FONT

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_INHERITED = (
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "text-anchor",
)
_IDLE = {
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "y2": "0",
    "x2": "0",
    "transform": "translate(0,0)",
    "font-weight": "normal",
    "font-style": "normal",
}
_DROPPED = ("role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events", "class")
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")  # a point as Vega writes it
_PLACE = re.compile(r"translate\(([^,]+),([^)]+)\)")
_OPAQUE = re.compile(r"var\(--cb-[\w-]+\)|#[\da-fA-F]{6}")
_REFERENCE = re.compile(r"url\(#([^)\"']+)\)")
_SAFE_ADDRESS = re.compile(r"(?i)#|https?:|mailto:|data:image/|[./\w-]+(?:[/?#]|$)")
ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


def size(svg: str) -> tuple[float, float]:
    """Width and height in px.

    Raises:
        ValueError: the text does not begin like a drawing of Vega's.
    """
    match = re.match(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    if not match:
        raise ValueError("not an SVG with width and height")
    return float(match[1]), float(match[2])


def compact(svg: str) -> str:
    """The same picture in fewer bytes, its ids replaced by `g0`, `g1` ... in order of appearance."""
    root = ET.fromstring(_numbers(svg))
    _clean(root)
    _rename(root)
    for name in ("version", "class"):
        root.attrib.pop(name, None)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def with_ids(svg: str, prefix: str) -> str:
    """The drawing with every id (and reference) prefixed, so that it is the only one on its page."""
    svg = re.sub(r' id="(g\d+)"', rf' id="{prefix}\1"', svg)
    svg = re.sub(r"url\(#(g\d+)\)", rf"url(#{prefix}\1)", svg)
    return re.sub(r'href="#(g\d+)"', rf'href="#{prefix}\1"', svg)


def _numbers(svg: str) -> str:
    """One decimal for coordinates: in attributes made of numbers only, never in texts or names."""

    def shorten(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        return f' {name}="{_NUMBER.sub(_short, value)}"'

    return re.sub(r' (d|transform|x|y|x1|y1|x2|y2|r|cx|cy|width|height|dy|dx)="([^"]*)"', shorten, svg)


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}"
    return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")


def _clean(element: ET.Element) -> None:
    """Drop what draws nothing, say once what children share, then dissolve groups that only group."""
    for child in list(element):
        _clean(child)
        _clean_attributes(child)
        _shorten_circle(child)
        if _draws_nothing(child):
            element.remove(child)
    _merge_points(element)
    _hoist(element)
    _merge_lines(element)
    for index in range(len(element) - 1, -1, -1):
        child = element[index]
        if _tag(child) != "g":
            continue
        if not child.attrib:
            element[index : index + 1] = list(child)
        elif len(child) == 1 and _tag(child[0]) == "g" and _joinable(child, child[0]):
            inner = child[0]
            child.attrib.update(inner.attrib)
            child[:] = list(inner)


def _joinable(outer: ET.Element, inner: ET.Element) -> bool:
    """Whether two nested groups can be one: nothing that applies twice (a shift, a clip) is on both."""
    return not outer.attrib.keys() & inner.attrib.keys() and "clip-path" not in inner.attrib


def _clean_attributes(element: ET.Element) -> None:
    for name in ("href", f"{{{XLINK}}}href"):
        if not _SAFE_ADDRESS.match(element.get(name, "#")):
            del element.attrib[name]  # a link that data could have made a script
    if _tag(element) in ("stop", "clipPath", "linearGradient", "radialGradient", "image"):
        return
    for name, value in list(element.attrib.items()):
        if name in _DROPPED or _IDLE.get(name) == value:
            del element.attrib[name]


def _shorten_circle(element: ET.Element) -> None:
    """A round point said in half the letters; charts of points are mostly these."""
    circle = _CIRCLE.fullmatch(element.get("d", ""))
    place = _PLACE.fullmatch(element.get("transform", "translate(0,0)"))
    if not circle or not place:
        return
    idle = ("d", "transform", *(() if "stroke" in element.attrib else ("stroke-width",)))
    others = {key: value for key, value in element.attrib.items() if key not in idle}
    element.tag = f"{{{SVG}}}circle"
    element.attrib.clear()
    element.attrib.update({"cx": place[1], "cy": place[2], "r": circle[1], **others})


def _draws_nothing(element: ET.Element) -> bool:
    tag = _tag(element)
    if element.get("display") == "none":
        return True
    if tag == "g":
        return not len(element)
    if tag == "text":
        return not "".join(element.itertext()).strip()
    if tag == "line":
        return "x2" not in element.attrib and "y2" not in element.attrib
    if tag != "path":
        return False
    paints = {element.get("fill", "none"), element.get("stroke", "none")} - {"none", "transparent"}
    return not element.get("d") or not paints


def _hoist(element: ET.Element) -> None:
    """Give a group what all its children have in common, if it can be inherited."""
    painted = list(element)
    if _tag(element) != "g" or len(painted) < 2:
        return
    for name in _INHERITED:
        values = {child.get(name) for child in painted}
        if len(values) == 1 and None not in values:
            element.set(name, values.pop())
            for child in painted:
                del child.attrib[name]


def _merge_lines(element: ET.Element) -> None:
    """Grid lines and ticks that differ in place alone become one path."""
    lines = list(element)
    if _tag(element) != "g" or len(lines) < 2:
        return
    steps = []
    for line in lines:
        place = _PLACE.fullmatch(line.get("transform", "translate(0,0)"))
        if _tag(line) != "line" or not place or line.attrib.keys() - {"transform", "x2", "y2"}:
            return
        steps.append(f"M{place[1]},{place[2]}l{line.get('x2', '0')},{line.get('y2', '0')}")
    element[:] = [ET.Element(f"{{{SVG}}}path", {"d": "".join(steps)})]


def _merge_points(element: ET.Element) -> None:
    """Full round points of one look become one path: pages of charts are mostly these, and browsers read tag by tag.

    Points that touch one of another colour stay as they are, since the order in which they are painted shows.
    """
    points = list(element)
    if len(points) < 2 or not all(map(_is_plain_point, points)):
        return
    crowded = _touching(points)
    looks: dict[tuple[str, str], str] = {}
    for point in points:
        if point not in crowded:
            look = point.attrib["fill"], point.attrib["r"]
            # A length of nothing would do in a browser; not every other program draws it.
            looks[look] = looks.get(look, "") + f"M{point.attrib['cx']},{point.attrib['cy']}h.01"
    dots = [_dots(path, colour, radius) for (colour, radius), path in looks.items()]
    element[:] = [*dots, *(point for point in points if point in crowded)]


def _is_plain_point(element: ET.Element) -> bool:
    plain = _tag(element) == "circle" and element.attrib.keys() == {"cx", "cy", "r", "fill"}
    return plain and bool(_OPAQUE.fullmatch(element.attrib["fill"]))


def _dots(path: str, colour: str, radius: str) -> ET.Element:
    look = {"stroke": colour, "stroke-width": f"{2 * float(radius):g}", "stroke-linecap": "round"}
    return ET.Element(f"{{{SVG}}}path", {"d": path, **look})


def _touching(points: list[ET.Element]) -> set[ET.Element]:
    """Those that touch a point of another colour; looked for in the squares around each only."""
    width = 1 + 2 * max(float(point.attrib["r"]) for point in points)  # one more: edges are soft
    squares: dict[tuple[int, int], set[tuple[float, float, str]]] = {}
    places = [(float(point.attrib["cx"]), float(point.attrib["cy"]), point.attrib["fill"]) for point in points]
    for x, y, colour in places:
        squares.setdefault((int(x // width), int(y // width)), set()).add((x, y, colour))

    def touches(x: float, y: float, colour: str) -> bool:
        around = [(int(x // width) + i, int(y // width) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        near = [other for square in around for other in squares.get(square, ())]
        return any(other != colour and math.dist((x, y), (u, v)) < width for u, v, other in near)

    return {point for point, place in zip(points, places, strict=True) if touches(*place)}


def _rename(root: ET.Element) -> None:
    """Vega numbers its ids over the life of a process; number them within the drawing instead."""
    names: dict[str, str] = {}
    for element in root.iter():
        if "id" in element.attrib:
            names[element.attrib["id"]] = f"g{len(names)}"
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.attrib[key] = names[value]
            elif "url(#" in value:
                element.attrib[key] = _REFERENCE.sub(lambda found: f"url(#{names.get(found[1], found[1])})", value)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def on_ground(svg: str, colour: str) -> str:
    """The drawing on a ground of its own colour."""
    head, closing, body = svg.partition(">")
    return f'{head}{closing}<rect width="100%" height="100%" fill="{colour}"/>{body}'


def for_page(svg: str, classes: str, label: str, prefix: str) -> str:
    """The drawing as part of a page: sized by its style sheet, announced by `label`, its ids its own.

    Args:
        svg: a compact drawing.
        classes: value of the `class` attribute.
        label: what a screen reader says; plain text.
        prefix: start of every id.
    """
    opening, closing, body = with_ids(svg, prefix).partition(">")
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    body = body.replace(f' font-family="{FONT}"', "")  # the style sheet says it for all
    return f'{opening} class="{classes}" role="img" aria-label="{escape(label)}"{closing}{body}'

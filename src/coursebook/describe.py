"""What a screen reader says of a chart: the author's description, or one built from title, marks and fields."""

from __future__ import annotations

from coursebook.spec import Spec, channels, mark_type, title_of, units, views

_MARK_NAMES = {
    "arc": "Pie chart",
    "area": "Area chart",
    "bar": "Bar chart",
    "boxplot": "Box plot",
    "circle": "Point chart",
    "errorband": "Chart with error band",
    "errorbar": "Chart with error bars",
    "geoshape": "Map",
    "image": "Chart of images",
    "line": "Line chart",
    "point": "Point chart",
    "rect": "Heat map",
    "rule": "Chart of rules",
    "square": "Point chart",
    "text": "Chart of labels",
    "tick": "Strip plot",
    "trail": "Trail chart",
}
_CHANNEL_NAMES = {
    "x": "horizontal",
    "y": "vertical",
    "theta": "angle",
    "color": "colour",
    "fill": "colour",
    "stroke": "colour",
    "size": "size",
    "shape": "shape",
    "row": "rows of plots",
    "column": "columns of plots",
    "facet": "one plot each",
}


def authors_description(spec: Spec) -> str:
    """The description the author wrote, of the chart or else of its first described part; empty if none."""
    return next((text for view in views(spec) if (text := str(view.get("description") or "").strip())), "")


def built_description(spec: Spec) -> str:
    """A stand-in made from what the specification says: kind of chart, title, fields by channel."""
    drawn = units(spec)
    kinds = dict.fromkeys(_MARK_NAMES.get(mark_type(unit), "Chart") for unit in drawn)
    fields: dict[str, str] = {}
    for unit in drawn:
        for channel, definition in channels(unit):
            name = definition.get("title") or definition.get("field") or definition.get("aggregate")
            if channel in _CHANNEL_NAMES and isinstance(name, str):
                fields.setdefault(_CHANNEL_NAMES[channel], name)
    what = " with ".join([next(iter(kinds), "Chart")] + [each.lower() for each in list(kinds)[1:2]])
    sentences = [what, next((title for view in views(spec) if (title := title_of(view))), "")]
    sentences.append(", ".join(f"{channel}: {name}" for channel, name in fields.items()))
    return ". ".join(sentence for sentence in sentences if sentence) + "."

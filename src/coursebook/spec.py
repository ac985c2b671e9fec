"""Vega-Lite specifications as plain data: recognise, walk, normalise. Pure functions, no Sphinx, no drawing."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Spec = dict[str, Any]

VIEW_KEYS = frozenset({"mark", "layer", "facet", "repeat", "hconcat", "vconcat", "concat"})
MULTI_KEYS = ("facet", "repeat", "hconcat", "vconcat", "concat")
FACET_CHANNELS = ("row", "column", "facet")
COMPOSITE_MARKS = frozenset({"boxplot", "errorbar", "errorband"})

VEGALITE_MIME = re.compile(r"application/vnd\.vegalite\.v\d+(\+json|\.json)$")
# Where Altair's own templates (html, inline, standard, olli) put the specification.
_HTML_ANCHORS = (re.compile(r"\}\)\(\s*(?=\{)"), re.compile(r"\b(?:var|const|let) spec = (?=\{)"))
_DECODER = json.JSONDecoder()


def is_spec(value: object) -> bool:
    """Whether `value` looks like a Vega-Lite specification of a view (a Vega one is left alone)."""
    if not isinstance(value, dict) or not VIEW_KEYS & value.keys():
        return False
    return "/vega/" not in str(value.get("$schema", ""))


def spec_in_html(text: str) -> Spec | None:
    """The specification inside the HTML that an Altair renderer wrote, or None if there is none."""
    if "vega-embed" not in text and "vegaEmbed" not in text:
        return None
    for anchor in _HTML_ANCHORS:
        for match in anchor.finditer(text):
            try:
                value, _ = _DECODER.raw_decode(text, match.end())
            except ValueError:
                continue
            if is_spec(value):
                return value
    return None


def spec_in_mime(mime: str, content: Any) -> Spec | None:
    """The specification in one entry of a MIME bundle, or None if the entry holds no chart.

    Args:
        mime: the entry's MIME type.
        content: its value: text, or the parsed JSON.
    """
    if mime == "text/html" and isinstance(content, str):
        return spec_in_html(content)
    if not VEGALITE_MIME.match(mime):
        return None
    try:
        value = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        return None
    return value if is_spec(value) else None


def spec_in_bundle(bundle: dict[str, Any]) -> Spec | None:
    """The specification in a whole MIME bundle, or None."""
    return next((found for mime, content in bundle.items() if (found := spec_in_mime(mime, content))), None)


def children(view: Spec) -> list[Spec]:
    """The views directly inside a layered, concatenated, faceted or repeated view."""
    inner = [child for key in ("layer", "hconcat", "vconcat", "concat") for child in view.get(key, ())]
    return [*inner, view["spec"]] if isinstance(view.get("spec"), dict) else inner


def views(view: Spec) -> Iterator[Spec]:
    """The view and every view inside it, outermost first."""
    yield view
    for child in children(view):
        yield from views(child)


def units(view: Spec) -> list[Spec]:
    """The views that draw one mark."""
    return [each for each in views(view) if "mark" in each]


def mark_type(unit: Spec) -> str:
    """The mark of a unit view: `line`, `bar`, ..."""
    mark = unit["mark"]
    return mark["type"] if isinstance(mark, dict) else str(mark)


def channels(unit: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Channel and definition of everything a unit view encodes; a list (tooltip, detail) gives one pair each."""
    for channel, definition in (unit.get("encoding") or {}).items():
        for each in definition if isinstance(definition, list) else [definition]:
            if isinstance(each, dict):
                yield channel, each


def is_multi(spec: Spec) -> bool:
    """Whether the chart has several plots side by side (facet, concat, repeat): its width cannot be fitted."""
    return any(
        any(key in view for key in MULTI_KEYS)
        or any(channel in (view.get("encoding") or {}) for channel in FACET_CHANNELS)
        for view in views(spec)
    )


def normalised(spec: Spec) -> Spec:
    """A copy in which all inline data stand in the top-level `datasets`, once each, named by position if unnamed."""
    spec = _copied(spec)
    datasets: dict[str, Any] = dict(spec.pop("datasets", None) or {})

    def name_data(data: dict[str, Any]) -> dict[str, Any]:
        if "values" not in data:
            return data
        values = data["values"]
        wanted = data.get("name")
        known = next((name for name, other in datasets.items() if other == values), None)
        name = wanted if wanted and datasets.get(wanted, values) == values else known
        if name is None:
            name = f"data-{len(datasets) + 1}"
        datasets[name] = values
        return {**{key: value for key, value in data.items() if key != "values"}, "name": name}

    for view in views(spec):
        if isinstance(view.get("data"), dict):
            view["data"] = name_data(view["data"])
        for transform in view.get("transform") or ():
            source = transform.get("from")
            if isinstance(source, dict) and isinstance(source.get("data"), dict):
                source["data"] = name_data(source["data"])
    if datasets:
        spec["datasets"] = datasets
    return spec


def _copied(value: Any) -> Any:
    """A copy of nested JSON that shares rows of data, which nobody changes and which are most of it."""
    if isinstance(value, list):
        return [_copied(each) for each in value]
    if isinstance(value, dict):
        return {key: each if key in ("datasets", "values") else _copied(each) for key, each in value.items()}
    return value


def without_data(spec: Spec) -> Spec:
    """The specification less its datasets (they are shared by the drawings of one chart)."""
    return {key: value for key, value in spec.items() if key != "datasets"}


def without_links(spec: Spec) -> Spec:
    """The specification less its links: a still picture is no place for them, and one bad address ends its drawing."""
    if not any("href" in (view.get("encoding") or {}) for view in views(spec)):
        return spec
    spec = copy.deepcopy(spec)
    for view in views(spec):
        (view.get("encoding") or {}).pop("href", None)
    return spec


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of nested JSON with `change` applied to every string that is not a key."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(each, change) for each in value]
    if isinstance(value, dict):
        return {key: mapped(each, change) for key, each in value.items()}
    return value


def data_urls(spec: Spec) -> list[str]:
    """Addresses the chart would fetch data from."""
    found = []
    for view in views(spec):
        sources = [view.get("data")]
        sources += [(each.get("from") or {}).get("data") for each in view.get("transform") or ()]
        found += [each["url"] for each in sources if isinstance(each, dict) and isinstance(each.get("url"), str)]
    return found


def title_of(view: Spec) -> str:
    """The view's title as one line, empty if it has none."""
    title = view.get("title")
    text = title.get("text") if isinstance(title, dict) else title
    lines = text if isinstance(text, list) else [text]
    return " ".join(str(line) for line in lines if isinstance(line, str)).strip()


def to_json(value: Any) -> str:
    """Compact JSON with keys in the order given; safe inside `<script>` (no `<`, no line separators)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

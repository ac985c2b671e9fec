"""What is off with an Altair chart, read from its specification: single, layered, faceted, repeated or joined."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import altair as alt

Add = Callable[[str | None, float, str], None]

_TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal", "T": "temporal", "G": "geojson"}
_JOINED = ("layer", "hconcat", "vconcat", "concat")


def specification(name: str, chart: object) -> tuple[dict, str | None]:
    """The Vega-Lite specification of a chart, or what to tell a student whose chart has none."""
    if not isinstance(chart, alt.TopLevelMixin):
        return {}, f"`{name}` should be an Altair chart, but it is a {type(chart).__name__}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return chart.to_dict(), None
    except Exception as error:  # Altair finds an invalid encoding only here, with many kinds of error
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return {}, f"Altair cannot draw `{name}`: {first[:160]}"


class ChartCheck:
    """Checks of one chart. Each method adds one item to the report and returns the check, to be chained.

    Args:
        name: the variable, for the messages.
        spec: specification from :func:`specification`.
        problem: what keeps the chart from being checked; then every item fails with this message.
        add: takes problem (None if all is right), weight and the message of success.
        weight: of each item that does not name its own.
    """

    def __init__(self, name: str, spec: dict, problem: str | None, add: Add, weight: float) -> None:
        self._name, self._spec, self._problem, self._weight = name, spec, problem, weight
        self._record = add
        self._views = [] if problem else list(views(spec))

    def mark(self, *allowed: str, weight: float | None = None) -> ChartCheck:
        """Some view draws one of these marks, for instance ``mark("line", "point")``."""
        found = sorted({_mark(view) for view in self._views})
        ok = any(mark in allowed for mark in found)
        wanted = " or ".join(allowed)
        return self._item(
            ok, f"a {wanted} mark is asked for; you have {_or_nothing(found)}", f"draws a {wanted}", weight
        )

    def encodes(
        self, channel: str, *, on: str | None = None, hint: str = "", weight: float | None = None, **wanted: object
    ) -> ChartCheck:
        """Some view maps a channel as asked.

        Args:
            channel: ``"x"``, ``"y"``, ``"color"``, ``"facet"`` ...
            on: only views with this mark count, for layered charts.
            hint: what to write.
            weight: of this item.
            **wanted: properties of the channel, for instance ``field="value"``, ``type="Q"``, ``aggregate="sum"``,
                ``sort="-x"``, ``title=True``, ``scale={"type": "log"}``. A tuple lists alternatives, None in it means
                that the property may be left out; True asks for any value.
        """
        found = [
            definition
            for view in self._views
            if on is None or _mark(view) == on
            for definition in _definitions(view["encoding"].get(channel))
        ]
        problems = [_differences(channel, have, wanted) for have in found]
        fewest = min(problems, key=len, default=[f"nothing is mapped to `{channel}`"])
        message = "; ".join(fewest) + (f". {hint}" if hint else "")
        return self._item(not fewest, message, f"`{channel}` is mapped as asked", weight)

    def title(self, *mentions: str, weight: float | None = None) -> ChartCheck:
        """The chart has a title, and it names each of ``mentions`` (upper and lower case do not matter)."""
        text = " ".join(_text(view.get("title")) for view in [self._spec, *self._views])
        return self._words("title", text, mentions, "say what the chart shows, not only what it plots", weight)

    def description(self, *mentions: str, weight: float | None = None) -> ChartCheck:
        """The chart has a description for readers who do not see it; it names each of ``mentions``."""
        text = " ".join(str(view.get("description", "")) for view in [self._spec, *self._views])
        return self._words("description", text, mentions, "say what it shows, with one number", weight)

    def _words(self, which: str, text: str, mentions: tuple[str, ...], advice: str, weight: float | None) -> ChartCheck:
        missing = [word for word in mentions if word.lower() not in text.lower()]
        bad = f"the {which} does not mention {', '.join(missing)}" if text.strip() else f"there is no {which}: {advice}"
        return self._item(bool(text.strip()) and not missing, bad, f"has a {which}", weight)

    def _item(self, ok: bool, bad: str, good: str, weight: float | None) -> ChartCheck:
        problem = self._problem or (None if ok else f"`{self._name}`: {bad}")
        self._record(problem, self._weight if weight is None else weight, f"`{self._name}` {good}")
        return self


def views(spec: dict, encoding: dict | None = None) -> Iterator[dict]:
    """Every single view of a specification, with the encoding it inherits and its facets as channels."""
    facet = spec.get("facet", {})
    split = {"facet": facet} if "field" in facet else facet
    inherited = {**(encoding or {}), **split, **spec.get("encoding", {})}
    children = [child for key in _JOINED for child in spec.get(key, [])]
    if "repeat" in spec:
        for fields in _repeated(spec["repeat"]):
            yield from views(_filled(spec["spec"], fields), inherited)
    elif "spec" in spec:
        yield from views(spec["spec"], inherited)
    elif children:
        for child in children:
            yield from views(child, inherited)
    else:
        yield {**spec, "encoding": inherited}


def _repeated(repeat: list | dict) -> Iterator[dict[str, str]]:
    """One choice of fields for each view of a repeated chart."""
    by_name = repeat if isinstance(repeat, dict) else {"repeat": repeat}
    for name, fields in by_name.items():
        for field in fields:
            yield {**{other: values[0] for other, values in by_name.items()}, name: field}


def _filled(part: object, fields: dict[str, str]) -> object:
    """A specification whose ``{"repeat": ...}`` references are replaced by the fields they stand for."""
    if isinstance(part, dict):
        if set(part) == {"repeat"} and part["repeat"] in fields:
            return fields[part["repeat"]]
        return {key: _filled(value, fields) for key, value in part.items()}
    return [_filled(each, fields) for each in part] if isinstance(part, list) else part


def _mark(view: dict) -> str:
    mark = view.get("mark", "")
    return mark["type"] if isinstance(mark, dict) else mark


def _definitions(channel: object) -> list[dict]:
    """What is mapped to a channel: nothing, one definition, or several as in a tooltip."""
    return channel if isinstance(channel, list) else [channel] if channel else []


def _text(title: object) -> str:
    """The words of a title, which may be text, lines of text, or a dictionary with a subtitle."""
    if isinstance(title, dict):
        return f"{_text(title.get('text'))} {_text(title.get('subtitle'))}".strip()
    return " ".join(map(str, title)) if isinstance(title, list) else str(title or "")


def _differences(channel: str, have: dict, wanted: dict[str, object]) -> list[str]:
    problems = []
    for key, want in wanted.items():
        allowed = [_TYPES.get(each, each) if key == "type" else each for each in _alternatives(want)]
        got = have.get(key)
        if not any(_fits(got, each) for each in allowed):
            problems.append(_phrase(channel, key, allowed, got))
    return problems


def _alternatives(want: object) -> tuple:
    return want if isinstance(want, tuple) else (want,)


def _fits(got: object, want: object) -> bool:
    if want is True:
        return bool(got)
    if isinstance(want, dict):
        return isinstance(got, dict) and all(_fits(got.get(key), each) for key, each in want.items())
    return got == want


def _phrase(channel: str, key: str, allowed: list, got: object) -> str:
    """A sentence on one property, for instance: `y` should aggregate with sum; you have mean."""
    first = next((each for each in allowed if each is not None), None)
    have = f"you have {got}" if got is not None else "you have none"
    if key == "field":
        return f"`{channel}` should show `{first}`; {f'you have `{got}`' if got else 'you have no field'}"
    if key == "aggregate":
        return f"`{channel}` should {f'aggregate with {first}' if first else 'not aggregate'}; {have}"
    if key == "type":
        return f"`{channel}` should be {first}; {have}"
    if first is True:
        return f"`{channel}` needs a {key}"
    return f"`{channel}` should have {key} {first}; {have}"


def _or_nothing(found: list[str]) -> str:
    return ", ".join(found) or "no mark"

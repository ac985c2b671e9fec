"""What is off with an Altair chart, read from its specification: single, layered, faceted, repeated or joined."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import altair as alt

from dualcirc.checks.rows import Key, NotJudged, drawn, field_of, keyed, plain
from dualcirc.checks.words import shortened, unforeseen

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
        try:
            self._views = [] if problem else list(views(spec))
        except Exception as error:  # a specification that Altair accepts may still be of no known form
            self._views, self._problem = [], unforeseen(name, error)

    def mark(self, *allowed: str, weight: float | None = None) -> ChartCheck:
        """Some view draws one of these marks, for instance ``mark("line", "point")``."""
        wanted = " or ".join(allowed)

        def problem() -> str | None:
            found = self._marks()
            ok = any(mark in allowed for mark in found)
            return None if ok else f"a {wanted} mark is asked for; you have {', '.join(found) or 'no mark'}"

        return self._item(problem, f"draws a {wanted}", weight)

    def no_mark(self, *banned: str, hint: str = "", weight: float | None = None) -> ChartCheck:
        """No view draws one of these marks."""

        def problem() -> str | None:
            found = [mark for mark in self._marks() if mark in banned]
            return _with_hint(f"there is a {' and a '.join(found)}", hint) if found else None

        return self._item(problem, f"draws no {' and no '.join(banned)}", weight)

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

        def problem() -> str | None:
            found = [
                definition
                for view in self._views
                if on is None or _mark(view) == on
                for definition in _definitions(view["encoding"].get(channel))
            ]
            problems = [_differences(channel, have, wanted) for have in found]
            fewest = min(problems, key=len, default=[f"nothing is mapped to `{channel}`"])
            return _with_hint("; ".join(fewest), hint) if fewest else None

        return self._item(problem, f"`{channel}` is mapped as asked", weight)

    def sorts(self, channel: str, by: str, *, hint: str = "", weight: float | None = None) -> ChartCheck:
        """Some view sorts a channel by the size of what stands on another, up or down.

        It may name the channel or its column, or list the values in their order.
        """

        def problem() -> str | None:
            found = [each for view in self._views for each in _definitions(view["encoding"].get(channel)) if each]
            if any(self._by_size(view, channel, by) for view in self._views):
                return None
            have = next((each["sort"] for each in found if each.get("sort")), "none")
            return _with_hint(f"`{channel}` should be sorted by `{by}`; its sort is {shortened(str(have), 40)}", hint)

        return self._item(problem, f"`{channel}` is sorted", weight)

    def rows(self, *, hint: str = "", weight: float | None = None, **keys: Sequence[object]) -> ChartCheck:
        """The views show the rows that the question asks for, no matter in which order and with which further columns.

        Rows that do not stand in the chart, or that it makes over by more than plain filters, are not judged.

        Args:
            hint: what the question asks for.
            weight: of this item.
            **keys: what tells rows apart: values by channel, for instance ``x=[2019, 2020], color=["China", "Japan"]``,
                one for each row; a name that is no channel of the chart is a column.
        """

        def problem() -> str | None:
            shown: Counter[Key] = Counter()
            fields: list[str] = []
            for view in self._views:
                own = keyed(view, drawn(view, self._spec.get("datasets", {})), list(keys))
                if own:
                    shown |= own  # a second layer shows the same rows again
                    fields = [field_of(view, key) or key for key in keys]
            wanted = Counter(tuple(map(plain, key)) for key in zip(*keys.values(), strict=True))
            off = _other_rows(fields, shown, wanted) if shown else f"no rows with {', '.join(map(_code, keys))}"
            return _with_hint(off, hint) if off else None

        return self._item(problem, "shows the rows asked for", weight)

    def title(self, *mentions: str, weight: float | None = None) -> ChartCheck:
        """The chart has a title, and it names each of ``mentions`` (upper and lower case do not matter)."""

        def text() -> str:
            return " ".join(_text(view.get("title")) for view in [self._spec, *self._views])

        return self._words("title", text, mentions, "say what the chart shows, not only what it plots", weight)

    def description(self, *mentions: str, weight: float | None = None) -> ChartCheck:
        """The chart has a description for readers who do not see it; it names each of ``mentions``."""

        def text() -> str:
            return " ".join(str(view.get("description", "")) for view in [self._spec, *self._views])

        return self._words("description", text, mentions, "say what it shows, with one number", weight)

    def _words(
        self, which: str, text: Callable[[], str], mentions: tuple[str, ...], advice: str, weight: float | None
    ) -> ChartCheck:
        def problem() -> str | None:
            words = text()
            if not words.strip():
                return f"there is no {which}: {advice}"
            missing = [word for word in mentions if word.lower() not in words.lower()]
            return f"the {which} does not mention {', '.join(missing)}" if missing else None

        return self._item(problem, f"has a {which}", weight)

    def _marks(self) -> list[str]:
        return sorted({_mark(view) for view in self._views} - {""})

    def _by_size(self, view: dict, channel: str, by: str) -> bool:
        """Whether a view sorts a channel by another."""
        field, other = field_of(view, channel), field_of(view, by)
        sort = (view["encoding"].get(channel) or {}).get("sort") if field and other else None
        if isinstance(sort, dict):
            return sort.get("encoding") == by or sort.get("field") == other
        if not isinstance(sort, list):
            return sort in (by, f"-{by}")
        try:
            size = {row.get(field): row.get(other) for row in drawn(view, self._spec.get("datasets", {}))}
        except NotJudged:
            return True
        listed = [size.get(value) for value in sort if value in size]
        return set(sort) >= set(size) and listed in (sorted(listed), sorted(listed, reverse=True))

    def _item(self, problem: Callable[[], str | None], good: str, weight: float | None) -> ChartCheck:
        """Add an item; `problem` looks at the chart, which may hold what no check foresaw."""
        weight = self._weight if weight is None else weight
        try:
            found = self._problem or problem()
            said = found if self._problem or not found else f"`{self._name}`: {found}"
        except NotJudged as reason:
            said, weight, good = None, 0, f"which rows it shows is not judged: {reason}"
        except Exception as error:
            said = unforeseen(self._name, error)
        self._record(said, weight, f"`{self._name}` {good}")
        return self


def views(spec: dict, outer: dict | None = None) -> Iterator[dict]:
    """Every single view of a specification, with the data, filters and encoding it inherits and facets as channels."""
    outer = outer or {"data": {}, "transform": [], "encoding": {}}
    facet = spec.get("facet", {})
    split = {"facet": facet} if "field" in facet else facet
    inherited = {
        "data": spec.get("data") or outer["data"],
        "transform": [*outer["transform"], *spec.get("transform", [])],
        "encoding": {**outer["encoding"], **split, **spec.get("encoding", {})},
    }
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
        yield {**spec, **inherited}


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


def _other_rows(fields: list[str], shown: Counter[Key], wanted: Counter[Key]) -> str | None:
    """How the rows of a chart differ from those asked for; names the student's own, never those that are missing."""
    for field, have, want in zip(fields, zip(*shown, strict=True), zip(*wanted, strict=True), strict=True):
        if other := [value for value in dict.fromkeys(have) if value not in want]:
            return f"it shows {len(set(have))} values of `{field}`, and {shortened(other[0], 40)} is not asked for"
    if missing := wanted - shown:
        return f"it lacks {missing.total()} of {wanted.total()} rows"
    if extra := shown - wanted:
        row = ", ".join(f"{field} {value}" for field, value in zip(fields, next(iter(extra)), strict=True))
        return f"it shows more rows than asked for at {shortened(row)}"
    return None


def _with_hint(problem: str, hint: str) -> str:
    return f"{problem}. {hint}" if hint else problem


def _code(name: str) -> str:
    return f"`{name}`"

"""The explorer: every dataset of the book behind a few menus, with its source, and with the code of what it shows."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import ipywidgets as widgets
import pandas as pd

from dualcirc import views
from dualcirc.data import datasets, load, resource

_WIDE = {"style": {"description_width": "9rem"}, "layout": {"width": "100%", "max_width": "46rem"}}
_SCALES = {"Values": "values", "Index (base = 100)": "index", "Share of the shown series, %": "share"}
_ROWS = 200  # of a table in the notebook; load() has all


class Explorer(widgets.VBox):
    """Menus and what they show. Each menu is an attribute that a notebook can set: `explorer.kind.value = "Bars"`.

    Args:
        name: the dataset to begin with.
        folder: where *Save* puts files; the notebook's folder by default.

    Raises:
        UnknownDataset: no dataset has that name; the message lists the nearest names.
    """

    def __init__(self, name: str = "figure-4-1", folder: Path | str = ".") -> None:
        resource(name)
        self.folder = Path(folder)
        self._shape, self._table = views.Shape(name), pd.DataFrame()
        self._chart: alt.Chart | None = None
        self._rows = pd.DataFrame()
        self._quiet = False
        self._wanted: dict[widgets.Dropdown, str] = {}
        self._make()
        super().__init__([
            self.dataset, self.help, self.options, self.view, self.message,
            widgets.HBox([self.save_csv, self.save_png]), self.saved, self.code, self.about,
        ])  # fmt: skip
        self._open()

    def _make(self) -> None:
        named = [(_label(each), each) for each in datasets()]
        self.dataset = widgets.Dropdown(options=named, value=self._shape.dataset, description="Dataset", **_WIDE)
        self.unit = widgets.Dropdown(description="Unit", **_WIDE)
        self.series = widgets.SelectMultiple(description="Series", rows=6, **_WIDE)
        self.kind = widgets.Dropdown(description="Chart", **_WIDE)
        self.scale = widgets.Dropdown(options=_SCALES, description="Show", **_WIDE)
        self.base = widgets.Dropdown(description="Base period", **_WIDE)
        self.log_axis = widgets.Checkbox(
            description="Logarithmic axis: equal steps are equal percentages",
            indent=False,
            layout={"width": "100%"},
        )
        self.options = widgets.VBox([self.unit, self.series, self.kind, self.scale, self.base, self.log_axis])
        self.help, self.message, self.saved, self.about = (widgets.HTML() for _ in range(4))
        self.view = widgets.VBox()
        self.save_csv = widgets.Button(description="Save rows (CSV)", tooltip="Save the rows in this notebook's folder")
        self.save_png = widgets.Button(
            description="Save picture (PNG)", tooltip="Save the chart in this notebook's folder"
        )
        self.code = widgets.Textarea(description="Code", rows=12, **_WIDE)
        self.dataset.observe(lambda _: self._open(), "value")
        self.unit.observe(lambda _: self._choose_unit(), "value")
        for control in (self.series, self.kind, self.scale, self.base, self.log_axis):
            control.observe(self._choose, "value")
        self.save_csv.on_click(lambda _: self._save("csv"))
        self.save_png.on_click(lambda _: self._save("png"))

    def _open(self) -> None:
        """Another dataset: find what it offers and begin with what is usual for it."""
        name = self.dataset.value
        self._shape, self._table = views.shape_of(name), load(name)
        self.about.value = about(name, self._table)
        self.saved.value = ""
        drawn = not self._shape.why_not
        self.help.value = "" if drawn else f"<p>{escape(self._shape.why_not)}</p>"
        for part in (self.options, self.save_png):
            part.layout.display = None if drawn else "none"
        if not drawn:
            self._show_table()
            return
        with self._held():
            self.unit.options = views.units_of(self._shape, self._table)
            self.unit.value = self.unit.options[0]
        self._choose_unit()

    def _choose_unit(self) -> None:
        if self._quiet:
            return
        with self._held():
            everything, first = views.series_in(self._shape, self._table, self.unit.value)
            self.series.options, self.series.value = everything, first
            self.log_axis.value = False
            self._wanted.pop(self.scale, None)
        self._show()

    def _choose(self, change: dict[str, Any]) -> None:
        """A reader changed a menu; what a menu does when it is filled is no choice."""
        if not self._quiet:
            self._wanted[change["owner"]] = change["new"]
            self._show()

    def _show(self) -> None:
        """Draw what is chosen; menus that make no sense for it go away."""
        chosen = tuple(self.series.value)
        if not chosen:
            self._show_none("Choose one or more series; Ctrl or Cmd adds one to another.")
            return
        rows = views.selection(self._shape, self._table, self.unit.value, chosen)
        periods = views.periods_of(self._shape, rows)
        with self._held():
            self._offer(self.kind, views.kinds_for(periods))
            self._offer(self.base, periods)
            scales = {label: scale for label, scale in _SCALES.items() if scale != "index" or len(periods) > 1}
            self._offer(self.scale, list(scales.values()), list(scales))
        self.base.layout.display = None if self.scale.value == "index" else "none"
        self.log_axis.layout.display = "none" if self.kind.value == "Bars" else None
        view = views.View(
            self.dataset.value, self.unit.value, chosen, self.kind.value, self.scale.value, self.base.value or "",
            self.log_axis.value and self.kind.value != "Bars",
        )  # fmt: skip
        try:
            self._chart, self._rows = views.draw(view)
        except ValueError as problem:
            self._show_none(str(problem))
            return
        self.message.value = "".join(f"<p>{escape(said)}</p>" for said in views.left_out(view, self._rows))
        self.code.value = views.code_of(view)
        self._draw()

    def _show_none(self, why: str) -> None:
        self._chart, self._rows = None, pd.DataFrame()
        self.view.children, self.message.value, self.code.value = (), f"<p>{escape(why)}</p>", ""

    def _offer(self, menu: widgets.Dropdown, values: list[str], labels: list[str] | None = None) -> None:
        """Fill a menu. What the reader chose in it comes back as soon as it can be had again."""
        options = list(zip(labels or values, values, strict=True))
        if list(menu.options) != options:
            menu.options = options
        wanted = self._wanted.get(menu)
        menu.value = wanted if wanted in values else (values[0] if values else None)

    def _draw(self) -> None:
        """One live chart for the explorer's life: each new one would send Vega to the browser again."""
        if not hasattr(self, "_live"):
            alt.JupyterChart.enable_offline()
            self._live = alt.JupyterChart(self._chart)
        else:
            self._live.chart = self._chart
        self.view.children = (self._live,)

    def _show_table(self) -> None:
        self._chart, self._rows = None, self._table
        shown = self._table.head(_ROWS)
        more = f"<p>The first {_ROWS} of {len(self._table)} rows.</p>" if len(self._table) > _ROWS else ""
        html = shown.to_html(index=False, na_rep="", max_rows=None, border=0)
        self.view.children = (widgets.HTML(f'<div style="max-height:24rem;overflow:auto">{html}</div>{more}'),)
        self.message.value = ""
        self.code.value = f'from dualcirc import load\n\nload("{self.dataset.value}")\n'

    def _save(self, ending: str) -> None:
        if self._rows.empty or (ending == "png" and self._chart is None):
            self.saved.value = "<p>There is nothing to save yet.</p>"
            return
        path = free_name(self.folder, self.dataset.value, ending)
        try:
            if ending == "csv":
                self._rows.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
            else:
                self._chart.save(path, ppi=150)
        except OSError as problem:
            self.saved.value = f"<p>Could not save {escape(path.name)}: {escape(problem.strerror or str(problem))}.</p>"
            return
        self.saved.value = f"<p>Saved as <b>{escape(path.name)}</b> beside this notebook.</p>"

    def _held(self) -> _Held:
        return _Held(self)


class _Held:
    """While menus are filled, their changes draw nothing."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer

    def __enter__(self) -> None:
        self.before, self.explorer._quiet = self.explorer._quiet, True

    def __exit__(self, *problem: object) -> None:
        self.explorer._quiet = self.before


def about(name: str, table: pd.DataFrame) -> str:
    """Where a dataset comes from and what to mind, as HTML."""
    described = resource(name)
    lines = [
        ("What it is", described.get("description", "")),
        ("In the report", described.get("exhibit", "")),
        ("Source", table.attrs["source"]),
        ("Origin and check", ", ".join(filter(None, (described.get("origin"), described.get("checked"))))),
        ("Mind", " ".join(table.attrs["caveats"])),
        ("Corrected", ", ".join(table.attrs["corrected"])),
        ("Rights", described.get("rights", "")),
    ]
    items = "".join(f"<dt><b>{label}</b></dt><dd>{escape(text)}</dd>" for label, text in lines if text)
    return f"<h3>{escape(described['title'])}</h3><dl>{items}</dl>"


def free_name(folder: Path, stem: str, ending: str) -> Path:
    """A file name that is not taken: nothing that a student saved before is lost."""
    path, number = folder / f"{stem}.{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.{ending}"
    return path


def _label(name: str) -> str:
    described = resource(name)
    return f"{described.get('exhibit') or name}: {described['title']}"

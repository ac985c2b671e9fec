"""The explorer's menus, without a browser: what they offer, what they show, what they save."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import pandas as pd
import pytest

from dualcirc import datasets, explore
from dualcirc.data import UnknownDataset
from dualcirc.explorer import Explorer, free_name


def labelled(widget: widgets.Widget) -> list[widgets.Widget]:
    """All controls within a widget that a person can change or press."""
    found = [part for child in getattr(widget, "children", ()) for part in labelled(child)]
    return found + ([widget] if hasattr(widget, "disabled") else [])


def test_every_control_has_a_label() -> None:
    controls = labelled(explore())
    assert len(controls) == 10
    assert all(control.description for control in controls)


@pytest.mark.parametrize("name", datasets())
def test_every_dataset_opens_as_a_chart_or_as_a_table(name: str) -> None:
    explorer = explore(name)
    assert explorer.message.value == ""
    shown = explorer.view.children[0]
    if explorer.help.value:
        assert "<table" in shown.value and explorer.options.layout.display == "none"
        assert explorer.save_png.layout.display == "none"
    else:
        assert type(shown).__name__ == "JupyterChart" and explorer.options.layout.display is None
    assert f'load("{name}")' in explorer.code.value
    assert "Source" in explorer.about.value


def test_another_dataset_brings_its_own_menus() -> None:
    explorer = explore("figure-4-1")
    live = explorer.view.children[0]
    explorer.scale.value = "index"
    assert explorer.base.layout.display is None
    explorer.dataset.value = "table-6-1"
    assert explorer.unit.options == ("RMB 100 million",)
    assert "Transportation" in explorer.series.options
    assert explorer.kind.options == (("Bars", "Bars"), ("Points", "Points"))
    assert explorer.scale.value == "values" and explorer.base.layout.display == "none"
    assert explorer.view.children[0] is live, "one live chart, so that Vega goes to the browser once"
    explorer.dataset.value = "glossary"
    explorer.dataset.value = "figure-4-1"
    assert explorer.view.children[0] is live


def test_no_series_asks_for_one() -> None:
    explorer = explore()
    explorer.series.value = ()
    assert "Choose one or more series" in explorer.message.value
    explorer.save_csv.click()
    assert "nothing to save" in explorer.saved.value


def test_what_was_chosen_comes_back_with_the_series() -> None:
    explorer = explore()
    everything, periods = explorer.series.value, [value for _, value in explorer.base.options]
    assert explorer.kind.value == "Lines"
    explorer.scale.value, explorer.base.value = "index", "2010"
    explorer.series.value = ()
    explorer.series.value = everything
    assert (explorer.kind.value, explorer.scale.value, explorer.base.value) == ("Lines", "index", "2010")
    assert "index, 2010 = 100" in explorer.code.value and [value for _, value in explorer.base.options] == periods


def test_what_one_series_cannot_have_comes_back_with_the_others() -> None:
    explorer = explore("context-nev")
    explorer.unit.value = "%"
    several = explorer.series.value
    explorer.scale.value, explorer.base.value = "index", "2019"
    explorer.series.value = ("NEV share of new vehicle sales, month",)
    assert len(explorer.base.options) == 1 and explorer.scale.value == "values"
    explorer.series.value = several
    assert (explorer.scale.value, explorer.base.value) == ("index", "2019")
    explorer.unit.value = "vehicles"
    assert explorer.scale.value == "values", "another unit begins with what is usual"


def test_below_the_chart_stands_what_it_lacks() -> None:
    explorer = explore("table-5-1")
    explorer.kind.value = "Points"
    explorer.series.value = explorer.series.options
    assert explorer.message.value == ""
    explorer.log_axis.value = True
    assert "3 of 30 values are not drawn" in explorer.message.value
    assert explorer.children.index(explorer.message) == explorer.children.index(explorer.view) + 1
    explorer.log_axis.value = False
    assert explorer.message.value == ""


def test_rows_and_picture_are_saved_and_nothing_is_overwritten(tmp_path: Path) -> None:
    explorer = Explorer("table-6-1", folder=tmp_path)
    for _ in range(2):
        explorer.save_csv.click()
    explorer.save_png.click()
    assert {path.name for path in tmp_path.iterdir()} == {"table-6-1.csv", "table-6-1-2.csv", "table-6-1.png"}
    saved = pd.read_csv(tmp_path / "table-6-1.csv")
    assert list(saved["shown"]) == list(saved["value"])
    assert (tmp_path / "table-6-1.png").read_bytes().startswith(b"\x89PNG")
    assert "table-6-1.png" in explorer.saved.value


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    explorer = Explorer("table-6-1", folder=tmp_path / "gone")
    explorer.save_csv.click()
    assert explorer.saved.value.startswith("<p>Could not save table-6-1.csv")


def test_a_wrong_name_lists_near_ones() -> None:
    with pytest.raises(UnknownDataset, match="figure-4-1"):
        explore("figure 4-1")


def test_names_that_are_free(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    assert free_name(tmp_path, "a", "csv").name == "a-2.csv"
    assert free_name(tmp_path, "b", "csv").name == "b.csv"

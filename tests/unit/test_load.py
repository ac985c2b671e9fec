"""dualcirc.load: types, attributes, corrections and helpful errors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from dualcirc import catalogue, data, datasets, fact, load


@pytest.fixture
def copied(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that load() reads, to break."""
    folder = Path(shutil.copytree(root / "data", tmp_path / "data"))
    monkeypatch.setattr(data, "folder", lambda: folder)
    return folder


@pytest.mark.parametrize("name", datasets())
def test_every_dataset_loads_with_its_schema_types(name: str) -> None:
    table = load(name)
    fields = data.resource(name)["schema"]["fields"]
    assert list(table.columns) == [field["name"] for field in fields]
    for field in fields:
        column = table[field["name"]]
        if field["type"] in ("integer", "year"):
            assert column.dtype == "Int64"
        if field["type"] == "number":
            assert column.dtype == "float64"
    assert table.attrs["name"] == name
    assert set(table.attrs["units"]) == {field["name"] for field in fields if "unit" in field}


def test_attributes_say_what_and_from_whom() -> None:
    attrs = load("table-4-1").attrs
    assert attrs["title"] and attrs["source"]
    assert attrs["units"] == {"value": "@unit"}


def test_a_wrong_name_lists_the_nearest() -> None:
    with pytest.raises(data.UnknownDataset, match=r"'table-4.1'.*'table-4-1'"):
        load("table-4.1")


def test_a_wrong_fact_lists_the_nearest() -> None:
    with pytest.raises(data.UnknownFact, match="4-rd"):
        fact("4-rd-chna-2020")


def test_a_fact_is_a_number() -> None:
    row = load("facts").iloc[0]
    assert fact(row["id"]) == row["value"]


def test_missing_numbers_stay_missing(copied: Path) -> None:
    path = copied / "table-4-1.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("308769", ""), encoding="utf-8")
    assert load("table-4-1")["value"].isna().sum() == 1


def test_wrong_columns_name_the_file(copied: Path) -> None:
    path = copied / "table-4-1.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("country", "land", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"table-4-1\.csv: columns are .*the schema says"):
        load("table-4-1")


def test_a_word_in_a_number_column_names_file_and_column(copied: Path) -> None:
    path = copied / "table-4-1.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("308769", "many"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"table-4-1\.csv, column value: not of type number"):
        load("table-4-1")


def test_corrections_apply_unless_as_printed(copied: Path) -> None:
    header = "erratum,dataset,key,column,printed,corrected\n"
    line = "E4-01,table-4-1,country=China;period=2010;indicator=papers,value,308769,308768\n"
    (copied / "corrections.csv").write_text(header + line, encoding="utf-8")
    key = "country == 'China' and period == '2010' and indicator == 'papers'"
    assert load("table-4-1").query(key)["value"].item() == 308768
    assert load("table-4-1", as_printed=True).query(key)["value"].item() == 308769
    assert load("table-4-1").attrs["corrected"] == ["E4-01"]


def test_a_correction_of_no_cell_is_named(copied: Path) -> None:
    header = "erratum,dataset,key,column,printed,corrected\n"
    line = "E4-01,table-4-1,country=Atlantis;period=2010;indicator=papers,value,1,2\n"
    (copied / "corrections.csv").write_text(header + line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"corrections\.csv: E4-01 names table-4-1"):
        load("table-4-1")


def test_catalogue_lists_every_dataset() -> None:
    assert list(catalogue()["name"]) == datasets()
    assert isinstance(catalogue(), pd.DataFrame)

"""Read the book's datasets: tidy CSV files described by ``data/datapackage.json``.

The CSV files hold what the report prints. ``load`` applies the corrections of ``corrections.csv``, each of
which names an erratum that explains it; ``load(name, as_printed=True)`` leaves the printed values.
"""

from __future__ import annotations

import difflib
import functools
import json
from pathlib import Path

import pandas as pd

_PANDAS_TYPES = {
    "string": "str",
    "integer": "Int64",
    "year": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
}

#: Names of the datasets read so far in this process, in order: lets a build check what a chapter depends on.
loaded: list[str] = []


class UnknownDataset(LookupError):
    """The data package holds no dataset of that name."""


class UnknownFact(LookupError):
    """facts.csv holds no fact of that id."""


def folder() -> Path:
    """Folder of the data package: the checkout's ``data/``, or the copy that an installed wheel carries."""
    here = Path(__file__).resolve()
    checkout = here.parents[2] / "data"
    return checkout if (checkout / "datapackage.json").is_file() else here.parent / "datasets"


@functools.cache
def package() -> dict:
    """The data package's description (Data Package v2) as a dictionary."""
    return json.loads((folder() / "datapackage.json").read_text(encoding="utf-8"))


def datasets() -> list[str]:
    """Names of all datasets, in the order of the data package."""
    return [resource["name"] for resource in package()["resources"]]


def resource(name: str) -> dict:
    """Description of one dataset: title, schema, sources, caveats, rights.

    Raises:
        UnknownDataset: no dataset has that name; the message lists the nearest names.
    """
    for candidate in package()["resources"]:
        if candidate["name"] == name:
            return candidate
    near = difflib.get_close_matches(name, datasets(), n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else "catalogue() lists all names."
    raise UnknownDataset(f"No dataset is called {name!r}. {hint}")


def catalogue() -> pd.DataFrame:
    """All datasets, one row each: ``name``, ``exhibit`` of the report, ``title``, ``origin``, ``checked``."""
    columns = ["name", "exhibit", "title", "origin", "checked"]
    return pd.DataFrame([{c: r.get(c, "") for c in columns} for r in package()["resources"]])


def load(name: str, *, as_printed: bool = False) -> pd.DataFrame:
    """Read a dataset as a tidy table.

    Args:
        name: dataset name, for instance ``"table-4-1"``; ``catalogue()`` lists them.
        as_printed: keep the values that the report prints, also where ``corrections.csv`` mends them.

    Returns:
        A DataFrame with the types of the dataset's schema (whole numbers as ``Int64``, so that a gap stays a
        gap). Its ``attrs`` hold ``name``, ``title``, ``units`` (column -> unit; ``"@unit"`` means: given row by
        row in column ``unit``), ``source`` (one line), ``caveats`` and ``corrected`` (ids of applied errata).

    Raises:
        UnknownDataset: no dataset has that name; the message lists the nearest names.
        ValueError: the file does not hold the columns or types that its schema promises.
    """
    described = resource(name)
    fields = described["schema"]["fields"]
    path = folder() / described["path"]
    text = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
    expected = [field["name"] for field in fields]
    if list(text.columns) != expected:
        raise ValueError(f"{path.name}: columns are {', '.join(text.columns)}; the schema says {', '.join(expected)}")
    corrected = [] if as_printed else _correct(name, text)
    table = pd.DataFrame({field["name"]: _typed(text, field, path.name) for field in fields})
    table.attrs = {
        "name": name,
        "title": described["title"],
        "units": {field["name"]: field["unit"] for field in fields if "unit" in field},
        "source": "; ".join(source["title"] for source in described.get("sources", [])),
        "caveats": list(described.get("caveats", [])),
        "corrected": corrected,
    }
    loaded.append(name)
    return table


def fact(fact_id: str, *, as_printed: bool = False) -> float:
    """Value of one quantitative statement of the report, in its printed scale (see the fact's ``unit``).

    Raises:
        UnknownFact: ``facts.csv`` has no such id; the message lists the nearest ids.
    """
    facts = load("facts", as_printed=as_printed).set_index("id")
    if fact_id not in facts.index:
        near = difflib.get_close_matches(fact_id, list(facts.index), n=3, cutoff=0.4)
        raise UnknownFact(f"No fact has the id {fact_id!r}. Nearest: {', '.join(near) or 'none'}.")
    return float(facts.at[fact_id, "value"])


def _typed(text: pd.DataFrame, field: dict, file: str) -> pd.Series:
    """One column with the type that its schema field names."""
    column = text[field["name"]]
    wanted = _PANDAS_TYPES[field["type"]]
    try:
        if field["type"] == "boolean":
            return column.map({"true": True, "false": False}).astype(wanted)
        if wanted in ("Int64", "float64"):
            return pd.to_numeric(column).astype(wanted)
        return column.astype(wanted)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"{file}, column {field['name']}: not of type {field['type']} ({problem})") from problem


def _correct(name: str, text: pd.DataFrame) -> list[str]:
    """Apply corrections.csv to a table of strings, in place; return the errata behind them."""
    path = folder() / "corrections.csv"
    if not path.is_file():
        return []
    corrections = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    applied = []
    for row in corrections[corrections["dataset"] == name].itertuples():
        at = cells(text, row.key)
        if at.sum() != 1 or text.loc[at, row.column].iloc[0] != row.printed:
            raise ValueError(
                f"corrections.csv: {row.erratum} names {name} [{row.key}] {row.column}={row.printed!r}, "
                "which is not a cell of that file"
            )
        text.loc[at, row.column] = row.corrected
        applied.append(row.erratum)
    return applied


def cells(text: pd.DataFrame, key: str) -> pd.Series:
    """Rows of a table of strings that a key such as ``"country=China;period=2020"`` names, as a mask."""
    mask = pd.Series(True, index=text.index)
    for part in key.split(";"):
        field, value = part.split("=", 1)
        mask &= text[field] == value
    return mask

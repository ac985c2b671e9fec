"""Sums and shares of the printed tables, recomputed; what does not fit must stand in errata.csv."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from validation import rows

from dualcirc import fact, load


@pytest.fixture(scope="module")
def errata(root: Path) -> pd.DataFrame:
    return pd.DataFrame(rows(root / "data/errata.csv"))


def printed(name: str) -> pd.DataFrame:
    return load(name, as_printed=True)


def test_shares_of_papers_fit_the_counts() -> None:
    table = printed("table-4-1").query("period == '2020'").pivot(index="country", columns="indicator", values="value")
    world = table["papers"] / table["share-of-world"] * 100
    assert world.max() / world.min() - 1 < 0.005, "every row implies nearly the same world total"


def test_the_count_of_authors_belongs_to_2021() -> None:
    table = printed("table-4-2")
    count = table.query("indicator == 'highly-cited-authors'").set_index("country")["value"]
    shares = table.query("indicator == 'share-of-highly-cited-authors'")
    shares = shares.pivot(index="country", columns="period", values="value")
    half = 0.05  # what rounding to one decimal may hide
    low = (shares + half).rdiv(count, axis=0).max()
    high = (shares - half).rdiv(count, axis=0).min()
    assert list(low.index[low <= high]) == ["2021"], "only the shares of 2021 allow one world total"


def test_ranks_of_universities_are_complete() -> None:
    table = printed("table-4-5")
    for _, edition in table.groupby("year"):
        assert list(edition["rank"]) == list(range(1, len(edition) + 1))


def test_sales_add_up_to_the_printed_total() -> None:
    """Makers and others equal the total in all four years: the proof that the broken table was put together rightly."""
    table = printed("table-2-2")
    total = table.query("row == 'total'").set_index("period")["value"]
    sums = table.query("row != 'total'").groupby("period")["value"].sum()
    assert (sums - total).abs().max() == 0


def test_the_sharing_economy_adds_up() -> None:
    """The six printed sectors have the printed total, which the prose repeats in trillions."""
    values = printed("table-6-1").set_index("sector")["value"]
    assert values.drop("Total").sum() == values["Total"] == pytest.approx(fact("6-sharing-value-added-2019") * 10_000)


def test_shares_of_base_stations_fit_the_numbers_but_for_the_listed(errata: pd.DataFrame) -> None:
    """Each round's printed shares are recomputed from its stations; deviations above rounding stand in the errata."""
    table = printed("table-5-1").query("indicator in ['base-stations', 'share-of-round']")
    wide = table.pivot_table(index=["round", "vendor"], columns="indicator", values="value").dropna()
    deviating = []
    for number, stations in wide.groupby(level="round"):
        makers = stations.drop("All vendors", level="vendor", errors="ignore")
        computed = makers["base-stations"] / makers["base-stations"].sum() * 100
        deviating += [
            (number, vendor) for (_, vendor) in computed[(computed - makers["share-of-round"]).abs() > 0.1].index
        ]
    kinds = errata[(errata["exhibit"] == "Table 5-1") & errata["kind"].isin(["arithmetic", "text-vs-table", "rank"])]
    assert not deviating or not kinds.empty, f"no erratum explains {deviating}"

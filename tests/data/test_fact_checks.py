"""What `checked` says of a fact holds: computed from our datasets, and against the evidence of the errata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from validation import rows

from dualcirc import load
from dualcirc.data import package

AGREES, DIFFERS = {"two-sources", "one-source"}, {"contradicted"}
PUBLIC = {resource["name"] for resource in package()["resources"] if resource["origin"] == "public-statistic"}

#: Facts that an erratum with outside evidence is about and that stay report-only, and why.
UNCOMPARABLE = {
    "2-icfund1-capital-planned": "the other source has what was raised, not what was planned",
    "2-us-ic-exports-2017": "the dataset's rows on ICs are the report's own; the public ones are wider",
    "2-us-ic-exports-2021-10m": "the same",
    "2-mic2025-implementation-plans": "the source says what a plan is, not how many there are",
    "2-standards-outline-points": "the source counts shifts to make, not points",
    "2-unigroup-first-acquisitions": "the year is in doubt, not the number",
    "3-asi-daily-fine": "the day is in doubt, not the amount",
    "4-us-administration-cycle": "the evidence is about the budget, not about terms of office",
    "4-top10pc-threshold": "part of the measure's name; the erratum is about the words around it",
    "4-top1pc-threshold": "part of the measure's name",
    "4-hcr-china-2018": "the evidence gives the length of the list and 2021, not 2018",
    "4-hcr-china-growth-2018-2021": "the same",
    "4-artemis-countries": "the printed number has no date, the count grew by the month",
    "4-mars-us-years-to-landing": "the evidence is about China's missions",
    "5-fab-12in-capacity-operating": "neither object nor period is printed",
    "5-gap-generations-logic": "the passage was not found in the source",
    "5-gap-generations-nand": "the same",
    "6-it-peak-year": "a judgement; the series are of money and users",
    "7-electronics-entry-after": "the dated purchases are no first entries",
    "7-electronics-entry-around": "the same",
    "7-autos-cases": "a count of rows; the erratum is about their independence",
    "8-china-fdi-rank-asean": "no ranking was found; the year is in doubt",
    "8-china-fdi-share-asean": "the publications have amounts of other years",
    "8-pacts-east-asia-2000": "the publications count by other rules",
    "8-pacts-intra-asian-2021": "the same",
    "8-china-bilateral-ftas": "the publication counts in 2024",
}


def one(name: str, query: str) -> float:
    """The value of the only row of a dataset that a query finds."""
    found = load(name, as_printed=True).query(query)["value"]
    assert len(found) == 1, f"{name}: {query} finds {len(found)} rows"
    return float(found.iloc[0])


def crossing(name: str, query: str, left: str, right: str) -> int:
    """First year from which one country's series lies above another's to its end."""
    wide = load(name, as_printed=True).query(query).pivot(index="period", columns="country", values="value").dropna()
    return int(wide.index[wide[left] <= wide[right]].max()) + 1


@dataclass(frozen=True)
class Comparison:
    """A fact's value beside what a dataset gives, in the fact's unit; `within`: how far apart still agrees."""

    fact: str
    dataset: str
    value: Callable[[], float]
    within: float = 0.0


PAPERS = "series == 'S&E articles' and basis == 'Scopus, fractional count, SEI 2022' and role == 'main'"
STAFF = "role == 'main' and period == '2019'"
CHIPS = "basis == 'IC Insights, January 2021' and period == '2020' and country == 'China'"
FUNDS = "period == '2021-12' and role == 'main'"
RETAIL = "series == 'Online retail sales' and basis == 'goods and services'"
CUSTOMS = "period == '2020' and reporter == 'China' and basis.str.startswith('Chinese customs, first')"
FLOWS = "period == '2020' and economy == 'ASEAN' and series == 'Share of outward FDI flow' and role == 'derived'"
PAYERS = "period == '2021-06' and series == 'Online payment users'"
OSAT = "company == 'Three Chinese companies' and series == 'Share of top-ten revenue'"
PHONES = "period == '2020-12' and series == 'Mobile phone' and role == 'main'"


def papers(country: str) -> float:
    """Papers of 2020."""
    return 1e4 * one("figure-4-4", f"{PAPERS} and period == '2020' and country == '{country}'")


def chips(series: str) -> float:
    """China's chip market or production of 2020, USD billion."""
    return one("figure-5-4", f"{CHIPS} and series == '{series}'")


def home_rate() -> float:
    """Chip production in China in percent of the market, 2020."""
    return chips("IC production, all companies") / chips("IC market") * 100


def staff(country: str) -> float:
    """Researchers of 2019, 10,000 persons."""
    return one("figure-4-3", f"{STAFF} and country == '{country}'")


COMPARISONS = [
    Comparison("4-papers-china-2020", "figure-4-4", lambda: papers("China"), within=500),
    Comparison("4-papers-us-2020", "figure-4-4", lambda: papers("United States"), within=1000),
    Comparison("4-papers-crossover-us", "figure-4-4", lambda: crossing("figure-4-4", PAPERS, "China", "United States")),
    Comparison("4-researchers-china-to-japan-2019", "figure-4-3", lambda: staff("China") / staff("Japan"), within=0.15),
    Comparison("5-ic-market-2020", "figure-5-4", lambda: chips("IC market")),
    Comparison("5-ic-production-2020", "figure-5-4", lambda: chips("IC production, all companies")),
    Comparison(
        "5-ic-production-local-2020", "figure-5-4", lambda: chips("IC production, China-headquartered companies")
    ),
    Comparison("2-ic-home-rate-2020", "figure-5-4", home_rate, within=0.5),
    Comparison("2-ic-home-rate-2020-ibs", "figure-5-4", home_rate, within=0.05),
    Comparison("5-osat-share-china", "figure-5-6", lambda: one("figure-5-6", OSAT), within=0.5),
    Comparison("6-phone-access-2020", "figure-6-2", lambda: one("figure-6-2", PHONES), within=0.5),
    Comparison(
        "6-guidance-funds-number-2021",
        "figure-6-6",
        lambda: one("figure-6-6", f"{FUNDS} and series == 'Funds, cumulative number'"),
    ),
    Comparison(
        "6-guidance-funds-size-2021",
        "figure-6-6",
        lambda: one("figure-6-6", f"{FUNDS} and series == 'Committed size, cumulative'") / 1e4,
    ),
    Comparison("6-mobile-payment-users-2021", "context-mobile-payment", lambda: one("context-mobile-payment", PAYERS)),
    Comparison(
        "6-ecommerce-market-2020",
        "context-mobile-payment",
        lambda: one("context-mobile-payment", f"period == '2020' and {RETAIL}"),
    ),
    Comparison("7-flow-share-sea-2020", "figure-7-2", lambda: one("figure-7-2", FLOWS), within=0.06),
    Comparison(
        "8-china-asean-trade-2020", "context-asean-trade", lambda: one("context-asean-trade", CUSTOMS), within=0.05
    ),
]


@pytest.fixture(scope="module")
def facts(root: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows(root / "data/facts.csv")}


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: each.fact)
def test_a_fact_is_checked_as_the_dataset_says(comparison: Comparison, facts: dict[str, dict[str, str]]) -> None:
    """Prints both values (pytest -rP)."""
    fact, computed = facts[comparison.fact], comparison.value()
    printed = float(fact["value"])
    print(f"{comparison.fact}: printed {printed:g} {fact['unit']}, {comparison.dataset} gives {computed:g}")
    agrees = abs(printed - computed) <= comparison.within + 1e-9
    assert fact["checked"] in (AGREES if agrees else DIFFERS), f"printed {printed:g}, computed {computed:g}"
    assert comparison.dataset in PUBLIC
    assert comparison.dataset in fact["evidence"], "the evidence names the dataset"


def test_a_check_names_its_evidence(facts: dict[str, dict[str, str]]) -> None:
    silent = [key for key, fact in facts.items() if fact["checked"] != "report-only" and not fact["evidence"]]
    assert not silent


def test_errata_and_facts_know_each_other(root: Path, facts: dict[str, dict[str, str]]) -> None:
    errata = {row["id"]: set(filter(None, row["facts"].split(";"))) for row in rows(root / "data/errata.csv")}
    unknown = {key: ids - set(facts) for key, ids in errata.items() if ids - set(facts)}
    assert not unknown, f"errata.csv names facts that facts.csv lacks: {unknown}"
    corrected = pd.DataFrame(rows(root / "data/corrections.csv")).query("dataset == 'facts'")
    lost = [
        (erratum, key)
        for erratum, key in zip(corrected["erratum"], corrected["key"].str.removeprefix("id="), strict=True)
        if key not in errata[erratum]
    ]
    assert not lost, f"a correction mends a fact that its erratum does not name: {lost}"


def test_outside_evidence_of_an_erratum_is_in_the_check_of_its_facts(root: Path, facts: dict) -> None:
    """Where an erratum cites a publication on a number, the fact is checked against it, or it is said why not."""
    works = {row.split("{")[1].split(",")[0] for row in (root / "references.bib").read_text("utf-8").split("\n@")}
    unchecked = {
        key
        for row in rows(root / "data/errata.csv")
        if {word.strip() for word in row["evidence"].split(";")} & (PUBLIC | works - {"report"})
        for key in filter(None, row["facts"].split(";"))
        if facts[key]["checked"] == "report-only"
    }
    assert unchecked == set(UNCOMPARABLE)

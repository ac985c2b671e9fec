"""How a cited number reads, and what a wrong role says."""

from __future__ import annotations

import pytest

from coursebook.facts import FactError, ordinal, phrase, with_unit
from coursebook.language import chinese, marked
from coursebook.registers import slug

FACTS = {
    "4-rd": {"value": "2.4393", "value_max": "", "unit": "RMB trillion"},
    "4-crisis": {"value": "2007", "value_max": "2008", "unit": "year"},
}


@pytest.mark.parametrize(
    ("value", "unit", "spec", "bare", "words"),
    [
        ("2.4393", "RMB trillion", "", False, "RMB 2.4393 trillion"),
        ("2.4393", "RMB trillion", ".1f", False, "RMB 2.4 trillion"),
        ("22.77", "%", "", False, "22.77%"),
        ("455000", "papers", "", False, "455,000 papers"),
        ("2622", "persons", "", False, "2622 persons"),
        ("55", "launches", "", True, "55"),
        ("16", "rank", "", False, "16th"),
        ("2010", "year", "", False, "2010"),
        ("-4.5", "%", "", False, "-4.5%"),
    ],
)
def test_values_read_as_a_person_writes_them(value: str, unit: str, spec: str, bare: bool, words: str) -> None:
    assert with_unit(value, unit, spec, bare) == words


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_a_range_names_its_unit_once() -> None:
    assert phrase(FACTS, "4-crisis") == ("4-crisis", "2007 to 2008")


def test_an_unknown_fact_names_the_nearest() -> None:
    with pytest.raises(FactError, match="no fact has the id '4-rdd'; nearest: 4-rd"):
        phrase(FACTS, "4-rdd")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(FactError, match="after the id come a rounding"):
        phrase(FACTS, "4-rd loudly")


def test_chinese_is_marked_and_nothing_is_lost() -> None:
    nodes = marked("Dual circulation (双循环) of 2020")
    assert [type(node) is chinese for node in nodes] == [False, True, False]
    assert "".join(node.astext() for node in nodes) == "Dual circulation (双循环) of 2020"


def test_anchors_are_plain() -> None:
    assert slug("erratum E4-02") == "erratum-e4-02"

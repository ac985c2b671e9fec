"""Formulas: MathML that says what the TeX says, and one clear reason where it cannot be read."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from coursebook.formulas import in_lines, mathml

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def test_a_formula_becomes_a_tree_that_a_reader_can_walk() -> None:
    fraction = ElementTree.fromstring(mathml(r"\frac{a}{b}")).find(f".//{NAMESPACE}mfrac")
    assert fraction is not None
    assert ["".join(part.itertext()) for part in fraction] == ["a", "b"]


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"\begin{cases} 1 & x>0 \\ 0 & \text{otherwise} \end{cases}",
        r"\left(\frac{y_1}{y_0}\right)^{1/n} - 1",
        r"\sum_{i=1}^{n} w_i x_i, \quad \mathrm{RCA} = \frac{X_{ij}/X_i}{X_{wj}/X_w}",
        r"12\,\% \leq \alpha",
    ],
)
def test_what_courses_write_is_read(tex: str) -> None:
    assert ElementTree.fromstring(mathml(tex, "block")).get("display") == "block"


def test_text_stays_text() -> None:
    written = mathml(r"\text{<img src=x> a & b}")
    assert "<img" not in written
    assert "".join(ElementTree.fromstring(written).itertext()).replace("\xa0", " ") == "<img src=x> a & b"


@pytest.mark.parametrize(("tex", "said"), [(r"\left( x", "right"), ("x^{", "script"), (r"\nosuch x", r"\nosuch")])
def test_what_cannot_be_read_is_named(tex: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("\\", r"\\")):
        mathml(tex)


def test_displayed_lines_stand_below_one_another() -> None:
    assert in_lines("a = b") == "a = b"
    assert in_lines(r"\begin{align} a \\ b \end{align}") == r"\begin{align} a \\ b \end{align}"
    rows = ElementTree.fromstring(mathml(in_lines("a &= b\n\nc &= d"), "block")).iter(f"{NAMESPACE}mtr")
    assert len(list(rows)) == 2

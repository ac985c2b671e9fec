"""The terms under which a page is found."""

from __future__ import annotations

import pytest

from coursebook.search import terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain words", ["plain", "words"]),
        ("3,800 or 3800", ["#3800", "or", "#3800"]),
        ("12.5% in section 4.4.1, 2019-2020", ["#12.5", "in", "section", "#4.4.1", "#2019", "#2020"]),
        ("5G at 14 nm", ["5G", "at", "#14", "nm"]),
        ("双循环", ["双", "循", "环", "双循", "循环"]),
        ("Shuāng xúnhuán, nǚ", ["Shuang", "xunhuan", "nu"]),
        ("the 中 in B2中国C", ["the", "中", "in", "B2", "中", "国", "中国", "C"]),
    ],
)
def test_terms(text: str, found: list[str]) -> None:
    assert terms(text) == found

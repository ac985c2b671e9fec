"""Faults of accessibility in what docutils, extensions and authors leave behind."""

from __future__ import annotations

import pytest

from coursebook.mended import mended


@pytest.mark.parametrize(
    ("fault", "right"),
    [
        ('<div id="a" role="doc-biblioentry">', '<div id="a" role="listitem">'),
        ('<th class="head"><p></p></th><th>Year</th>', '<td class="head"></td><th>Year</th>'),
        ("<thead><tr><th>A</th></tr></thead>", "<thead><tr><th>A</th></tr></thead>"),
        ('<section id="exercise-content">', "<section>"),
        ("<p>On 双循环, see</p>", '<p>On <span lang="zh-Hans">双循环</span>, see</p>'),
        ("<p>紛争、2017年も</p>", '<p><span lang="zh-Hans">紛争、</span>2017<span lang="ja">年も</span></p>'),
        ('<span lang="zh-Hans">双循环</span>', '<span lang="zh-Hans">双循环</span>'),
        ("<script>'双'</script><svg><text>双</text></svg>", "<script>'双'</script><svg><text>双</text></svg>"),
    ],
)
def test_mended(fault: str, right: str) -> None:
    assert mended(fault) == right

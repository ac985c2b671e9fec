"""Faults of accessibility in what docutils, extensions and authors leave behind."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from coursebook.mended import mended, named_branches


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


def test_a_button_of_the_menu_is_named_after_its_page() -> None:
    branch = '<li><a href="c.html">{title}</a><details><summary><i></i></summary><ul>{under}</ul></details></li>'
    inner = branch.format(title="Exports", under="<li><a>Cars</a></li>")
    menu = named_branches(BeautifulSoup(branch.format(title="R&amp;D", under=inner), "html.parser"))
    labels = [each["aria-label"] for each in menu("summary")]
    assert labels == ["Pages under: R&D", "Pages under: Exports"]

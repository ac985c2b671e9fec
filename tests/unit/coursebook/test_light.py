"""Pages that load only what they use."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from coursebook.light import _once, _used, lighter, waiting

HEAD = (
    '<link href="_static/styles/pydata-sphinx-theme.css?digest=ab12" rel="stylesheet" />\n'
    '<script defer src="_static/scripts/fontawesome.js?digest=ab12"></script>\n'
    '<script src="_static/searchtools.js"></script>\n<script src="_static/language_data.js"></script>\n'
    '<script src="searchindex.js"></script>\n<script src="_static/own.js"></script>\n'
)


def test_the_head_loses_icons_and_search_and_keeps_the_rest() -> None:
    light = lighter(HEAD)
    assert "fontawesome" not in light and "search" not in light
    assert '"_static/coursebook/theme.css"' in light
    assert "_static/own.js" in light


def test_buttons_to_copy_wait_and_nothing_else_does() -> None:
    copy = '<script src="_static/clipboard.min.js?v=1"></script>\n<script src="_static/copybutton.js?v=2"></script>\n'
    own = '<script src="_static/copybuttons-of-mine.js"></script>\n'
    assert waiting(copy + own) == copy.replace("<script ", '<script type="text/later" ') + own


def test_search_while_typing_keeps_its_index() -> None:
    assert "searchindex.js" in lighter(HEAD, search_on_every_page=True)


def app(**settings: Any) -> Any:
    return SimpleNamespace(config=SimpleNamespace(**settings))


CODE, TABS, PROSE = '<div class="highlight-python highlight">', '<div class="sd-tab-set">', "<p>Only words.</p>"


@pytest.mark.parametrize(
    ("name", "body", "used"),
    [
        ("_static/copybutton.js", CODE, True),
        ("_static/copybutton.js", PROSE, False),
        ("_static/clipboard.min.js", PROSE, False),
        ("_static/togglebutton.css", '<div class="dropdown admonition">', True),
        ("_static/togglebutton.css", CODE, False),
        ("_static/design-tabs.js", TABS, True),
        ("_static/design-tabs.js", '<div class="sd-card">', False),
        ("_static/sphinx-design.min.css", '<div class="sd-card">', True),
        ("_static/pygments.css", PROSE, False),
        ("_static/something-else.js", PROSE, True),
    ],
)
def test_a_file_is_kept_where_it_is_used(name: str, body: str, used: bool) -> None:
    assert _used(app(), name, body) is used


def test_a_setting_that_names_another_mark_keeps_the_file_everywhere() -> None:
    assert _used(app(copybutton_selector="pre.shell"), "_static/copybutton.js", PROSE)


def test_a_file_set_up_twice_stands_once_and_in_its_last_place() -> None:
    assert _once(["a.js", "b.js", "a.js"]) == ["b.js", "a.js"]

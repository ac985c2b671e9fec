"""The page on the extension names every setting, warning, role and directive there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from coursebook.warnings import Kind

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "reference/coursebook.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/coursebook").glob("*.py"))


def test_settings() -> None:
    there = set(re.findall(r'add_config_value\(\s*"(coursebook_\w+)"', SOURCE)) - {"coursebook_code"}
    assert set(re.findall(r"`(coursebook_\w+)`", PAGE)) == there


def test_warnings() -> None:
    there = {f"coursebook.{kind}" for kind in Kind} | {
        f"coursebook.{k}" for k in re.findall(r'subtype="(\w+)"', SOURCE)
    }
    assert set(re.findall(r"`(coursebook\.\w+)`", PAGE)) == there


def test_roles_and_directives() -> None:
    there = set(re.findall(r'add_(?:role|directive)\("([\w-]+)"', SOURCE))
    assert set(re.findall(r"`\{([\w-]+)\}`", PAGE)) == there


def test_no_word_of_this_report_stands_in_the_extension() -> None:
    everything = SOURCE + "".join(p.read_text("utf-8") for p in (ROOT / "src/coursebook/static").iterdir())
    for word in ("dualcirc", "Dual Circulation", "JST", "Kurasawa"):
        assert word not in everything, word

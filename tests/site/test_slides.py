"""The charts of a chapter of the built book as slides."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from coursebook import slides

CHAPTER = "4-science-rivalry"


@pytest.mark.slow
def test_every_chart_of_a_chapter_becomes_a_slide(site: Path, tmp_path: Path) -> None:
    part = tmp_path / "html"
    shutil.copytree(site / "charts/chapters" / CHAPTER, part / "charts/chapters" / CHAPTER)
    (part / "chapters").mkdir()
    shutil.copy(site / "chapters" / f"{CHAPTER}.html", part / "chapters")
    number = slides.write(part, tmp_path / "out")
    named = {
        path.stem for path in (part / "charts/chapters" / CHAPTER).glob("*.svg") if path.stem[:3] in ("fig", "tbl")
    }
    made = sorted((tmp_path / "out" / CHAPTER).glob("*.png"))
    assert {path.stem for path in made} == named and number == len(named) > 10
    for path in made:
        assert struct.unpack(">II", path.read_bytes()[16:24]) == (slides.WIDTH, slides.HEIGHT)
        assert len(path.read_bytes()) > 10_000, f"{path.name}: nearly empty"

"""Charts become pictures of a slide's shape, with their caption, and a page that shows them all."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from coursebook import slides

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{height}" viewBox="0 0 600 {height}">'
    '<rect width="100%" height="100%" fill="#ffffff"/><text>A &amp; B</text></svg>'
)
PAGE = """<h1>4 Rivalry<a href="#x">#</a></h1>
<figure class="altair-figure" id="fig-1"><svg aria-label="Bars of A &amp; B"></svg>
<figcaption><span class="caption-number">Fig. 7 </span>
<span class="caption-text">Spending &lt; 5. Source: NSF.</span>#</figcaption></figure>
<figure class="altair-figure" id="tbl-2"><figcaption><span class="caption-text">A table.</span></figcaption></figure>
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A site with one chart and one table."""
    site = tmp_path / "html"
    (site / "charts/chapters/4-x").mkdir(parents=True)
    (site / "chapters").mkdir()
    (site / "chapters/4-x.html").write_text(PAGE, "utf-8")
    (site / "charts/chapters/4-x/fig-1.svg").write_text(DRAWING.format(height=400), "utf-8")
    return site


def test_a_site_becomes_slides(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "slides"
    assert slides.main([str(small), str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "chapters/4-x"
    assert sorted(path.name for path in (out / "4-x").iterdir()) == ["fig-1.png", "fig-1.svg"]
    assert struct.unpack(">II", (out / "4-x/fig-1.png").read_bytes()[16:24]) == (slides.WIDTH, slides.HEIGHT)
    drawn = ET.parse(out / "4-x/fig-1.svg").getroot()
    assert drawn.get("aria-label") == "Bars of A & B"
    words = ["".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["A & B", "Spending < 5. Source: NSF.", "4 Rivalry"]
    index = (out / "index.html").read_text("utf-8")
    assert 'src="4-x/fig-1.png"' in index and 'alt="Bars of A &amp; B"' in index and "Spending &lt; 5." in index


@pytest.mark.parametrize("height", [100, 400, 2000])
def test_a_drawing_of_any_shape_stays_above_its_caption(height: int) -> None:
    slide = slides.Slide("p", "P", "f", "word " * 80, "", DRAWING.format(height=height))
    drawn = ET.fromstring(slide.svg())
    place, lines = drawn.findall("{http://www.w3.org/2000/svg}g")
    move, scale = place.get("transform").removesuffix(")").split(" scale(")
    x, y = map(float, move.removeprefix("translate(").removesuffix(")").split(","))
    first, last = (float(lines[number].get("y")) for number in (0, -1))
    assert x >= slides.MARGIN and x + 600 * float(scale) <= slides.WIDTH - slides.MARGIN + 1
    assert y >= slides.MARGIN and y + height * float(scale) <= first - slides.TEXT_SIZE
    assert last <= slides.HEIGHT - slides.MARGIN


def test_no_site_and_no_drawing_are_told_so(tmp_path: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert slides.main([str(tmp_path), str(tmp_path / "out")]) == 1
    assert "run `make book` first" in capsys.readouterr().err
    (small / "charts/chapters/4-x/fig-1.svg").write_text("<svg/>", "utf-8")
    assert slides.main([str(small), str(tmp_path / "out")]) == 1
    assert "chapters/4-x, fig-1: is no drawing" in capsys.readouterr().err

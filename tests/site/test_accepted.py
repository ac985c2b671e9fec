"""The gallery's drawings look as they did when somebody last looked at them.

After a wanted change: `python tests/site/test_accepted.py`, and look at the pictures that git shows as changed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
import vl_convert
from PIL import Image, ImageChops

ACCEPTED = Path(__file__).resolve().parents[1] / "gallery" / "accepted"
SCALE = 0.5
STEP = 48  # of 255: a pixel that differs by less looks the same
SHARE = 0.015  # of all pixels may differ: fonts of another version move a few edges


def picture(svg: Path) -> Image.Image:
    """A drawing as grey pixels, small enough to keep."""
    data = vl_convert.svg_to_png(svg.read_text(encoding="utf-8"), scale=SCALE)
    return Image.open(io.BytesIO(data)).convert("L")


def drawings(gallery: Path) -> dict[str, Path]:
    """The gallery's drawings by page and chart."""
    folder = gallery / "charts"
    return {
        path.relative_to(folder).with_suffix("").as_posix().replace("/", "--"): path for path in folder.rglob("*.svg")
    }


def test_drawings_look_as_accepted(gallery: Path) -> None:
    found, kept = drawings(gallery), {path.stem for path in ACCEPTED.glob("*.png")}
    assert len(found) > 40 and set(found) == kept, f"only in one place: {sorted(set(found) ^ kept)}"
    changed = []
    for name, svg in found.items():
        now, then = picture(svg), Image.open(ACCEPTED / f"{name}.png").convert("L")
        if now.size != then.size:
            changed.append(f"{name}: {then.size} became {now.size}")
            continue
        pixels = ImageChops.difference(now, then).histogram()
        share = sum(pixels[STEP:]) / sum(pixels)
        if share > SHARE:
            changed.append(f"{name}: {share:.1%} of its pixels differ")
    assert not changed, "\n".join(changed)


def test_a_difference_is_seen() -> None:
    one, other = Image.new("L", (10, 10), 255), Image.new("L", (10, 10), 255)
    other.putpixel((0, 0), 0)
    other.putpixel((1, 0), 0)
    pixels = ImageChops.difference(one, other).histogram()
    assert sum(pixels[STEP:]) / sum(pixels) == pytest.approx(0.02)


if __name__ == "__main__":
    sys.path.insert(0, str(ACCEPTED.parents[1]))
    from gallery.book import built

    ACCEPTED.mkdir(exist_ok=True)
    for path in ACCEPTED.glob("*.png"):
        path.unlink()
    for name, svg in drawings(built()).items():
        picture(svg).save(ACCEPTED / f"{name}.png", optimize=True)

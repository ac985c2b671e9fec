"""Charts of a built book as pictures of a slide's shape (16:9): the drawing with its title, caption and sources.

    python -m coursebook.slides _build/html _build/slides

Every chart becomes an SVG and a PNG in a folder of its page; `index.html` shows them all. Tables have no drawing and
are left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import vl_convert
from bs4 import BeautifulSoup

WIDTH, HEIGHT = 1920, 1080
MARGIN = 60
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
TEXT_SIZE, LINE, CHARACTERS = 26, 36, 140  # of the lines below the drawing; characters that fit into one
_SVG = re.compile(r'(?s)^<svg\b[^>]*\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"[^>]*>(.*)</svg>\s*$')


class NoSlides(ValueError):
    """There is no built site to take charts from, or a drawing is none."""


@dataclass(frozen=True)
class Slide:
    """One chart: its `page` (document), `name` (of the figure), `caption`, `description` and drawing as SVG."""

    page: str
    page_title: str
    name: str
    caption: str
    description: str
    drawing: str

    def svg(self) -> str:
        """The slide.

        Raises:
            NoSlides: the drawing has no size.
        """
        found = _SVG.match(self.drawing)
        if not found:
            raise NoSlides(f"{self.page}, {self.name}: is no drawing with a width and a height in pixels")
        width, height = float(found[1]), float(found[2])
        words = [*textwrap.wrap(self.caption, CHARACTERS), self.page_title]
        foot = len(words) * LINE + MARGIN // 2
        room = HEIGHT - 2 * MARGIN - foot
        scale = min((WIDTH - 2 * MARGIN) / width, room / height)
        x, y = (WIDTH - width * scale) / 2, MARGIN + (room - height * scale) / 2
        first = HEIGHT - MARGIN - (len(words) - 1) * LINE
        lines = "".join(
            f'<text x="{MARGIN}" y="{first + number * LINE}">{escape(line)}</text>' for number, line in enumerate(words)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'role="img" aria-label="{escape(self.description)}"><rect width="100%" height="100%" fill="#ffffff"/>'
            f'<g transform="translate({x:.1f},{y:.1f}) scale({scale:.4f})">{_sized(found[3], width, height)}</g>'
            f'<g font-family="{FONT}" font-size="{TEXT_SIZE}px" fill="#424a53">{lines}</g></svg>\n'
        )


def _sized(content: str, width: float, height: float) -> str:
    """A drawing's content with its background in pixels: percentages would now be of the slide."""
    return content.replace('<rect width="100%" height="100%"', f'<rect width="{width:g}" height="{height:g}"', 1)


def slides(site: Path) -> Iterator[Slide]:
    """The charts of a built site, page by page, in the order in which a page shows them."""
    for folder in sorted({drawing.parent for drawing in (site / "charts").rglob("*.svg")}):
        page = folder.relative_to(site / "charts").as_posix()
        content = BeautifulSoup((site / f"{page}.html").read_text("utf-8"), "html.parser")
        heading = content.find("h1")
        title = heading.get_text("", strip=True).rstrip("#") if heading else page
        for figure in content.select("figure.altair-figure[id]"):
            drawing = folder / f"{figure['id']}.svg"
            if drawing.is_file():
                yield Slide(
                    page, title, figure["id"], _caption(figure), _description(figure), drawing.read_text("utf-8")
                )


def _caption(figure: BeautifulSoup) -> str:
    """The words of a caption, without its number (which changes with the book) and its link."""
    text = figure.select_one("figcaption .caption-text")
    return " ".join(text.get_text("", strip=False).split()) if text else ""


def _description(figure: BeautifulSoup) -> str:
    drawn = figure.select_one("svg[aria-label]")
    return drawn["aria-label"] if drawn else ""


def write(site: Path, out: Path) -> int:
    """Write all slides and their index, and say each page on the way; the number of slides.

    Raises:
        NoSlides: no built site there, or one without charts.
    """
    if not (site / "charts").is_dir():
        raise NoSlides(f"{site}: holds no built book with charts; run `make book` first")
    done: list[Slide] = []
    for slide in slides(site):
        if not done or done[-1].page != slide.page:
            print(slide.page, flush=True)
        folder = out / slide.page.rpartition("/")[2]
        folder.mkdir(parents=True, exist_ok=True)
        svg = slide.svg()
        (folder / f"{slide.name}.svg").write_text(svg, "utf-8", newline="\n")
        (folder / f"{slide.name}.png").write_bytes(vl_convert.svg_to_png(svg))
        done.append(slide)
    (out / "index.html").write_text(_index(done), "utf-8", newline="\n")
    return len(done)


_STYLE = """
body { font: 1rem/1.5 sans-serif; margin: 2rem; }
figure { display: inline-block; width: 30rem; max-width: 100%; margin: 1rem; vertical-align: top; }
img { border: 1px solid #888; max-width: 100%; height: auto; }
"""


def _index(done: Sequence[Slide]) -> str:
    """All slides on one page, by page of the book."""
    body = ["<h1>Slides</h1>"]
    for place, slide in enumerate(done):
        if not place or done[place - 1].page != slide.page:
            body.append(f"<h2>{escape(slide.page_title)}</h2>")
        file = f"{slide.page.rpartition('/')[2]}/{slide.name}"
        picture = f'<img src="{file}.png" loading="lazy" width="480" height="270" alt="{escape(slide.description)}">'
        caption = f'{escape(slide.caption)} <a href="{file}.svg">{slide.name} as SVG</a>'
        body.append(f'<figure><a href="{file}.png">{picture}</a><figcaption>{caption}</figcaption></figure>')
    head = f'<meta charset="utf-8"><title>Slides</title><style>{_STYLE}</style>'
    return "\n".join(
        ["<!doctype html>", f'<html lang="en"><head>{head}</head><body><main>', *body, "</main></body></html>", ""]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the slides; 0 if it went well, 1 after a line that says why not."""
    parser = argparse.ArgumentParser("python -m coursebook.slides", description="Write charts in a slide's shape.")
    parser.add_argument("site", type=Path, help="the built site")
    parser.add_argument("out", type=Path, help="folder to write to")
    chosen = parser.parse_args(arguments)
    try:
        number = write(chosen.site, chosen.out)
    except (NoSlides, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{number} slides; all of them on {chosen.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

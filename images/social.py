"""Draw images/social.png, what messengers show beside a link to the book: `make picture`, after `make book`."""

from __future__ import annotations

from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

from coursebook import chromium

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "_build/html/charts/intro/fig-start.svg"
CARD = """<!doctype html><meta charset="utf-8"><style>
body {{ display: flex; flex-direction: column; width: 1200px; height: 630px; box-sizing: border-box;
  margin: 0; padding: 56px 64px; border-top: 14px solid #1668b5;
  font-family: Arial, Helvetica, "Liberation Sans", sans-serif; color: #1f2328; background: #fff; }}
h1 {{ margin: 0 0 8px; font-size: 60px; }}
p {{ margin: 0; font-size: 30px; color: #59636e; }}
svg {{ flex: 1; min-height: 0; width: 100%; margin: 28px 0 12px; }}
small {{ font-size: 22px; color: #59636e; }}
</style><h1>{title}</h1><p>How does a country plan its technology, and what do the numbers say about it?</p>{chart}
<small>R&amp;D expenditure at purchasing-power parity, USD billion</small>"""


def main() -> None:
    """Put the landing page's chart under the title and take a picture.

    Raises:
        SystemExit: the book is not built, or there is no browser.
    """
    executable = chromium.find()
    if not CHART.is_file() or executable is None:
        raise SystemExit("The picture needs the built book (make book) and Chromium or Chrome.")
    title = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS).new_page(
            viewport={"width": 1200, "height": 630}
        )
        page.set_content(CARD.format(title=title, chart=CHART.read_text(encoding="utf-8")))
        page.screenshot(path=ROOT / "images" / "social.png")


if __name__ == "__main__":
    main()

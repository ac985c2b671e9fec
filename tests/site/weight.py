"""What each page of the built site weighs before a reader does anything: `python tests/site/weight.py` prints a table.

Every response that Chromium gets is gzipped at level 6, as servers do, and counted; the cache is empty for each page.
"""

from __future__ import annotations

import fnmatch
import gzip
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@dataclass
class Weight:
    """Gzipped bytes of each address that a page asked for."""

    page: str
    files: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Bytes of the whole page."""
        return sum(self.files.values())

    def heaviest(self, count: int = 5) -> list[str]:
        """The heaviest files, with what they weigh."""
        order = sorted(self.files.items(), key=lambda item: -item[1])
        return [f"{size / 1000:.1f} KB {name}" for name, size in order[:count]]


@dataclass(frozen=True)
class Budget:
    """Most that the pages of one kind may weigh and ask for."""

    kind: str
    pages: str
    kilobytes: float
    requests: int


def budget_of(page: str) -> Budget:
    """The first budget of `budgets.json` whose pattern fits a page."""
    kinds = json.loads((HERE / "budgets.json").read_text(encoding="utf-8"))["kinds"]
    return next(Budget(**each) for each in kinds if fnmatch.fnmatch(page, each["pages"]))


def pages(site: Path) -> list[str]:
    """Every page of a built site, without pieces of the theme's templates and pages that only lead to another."""
    found = (path for path in site.rglob("*.html") if not path.relative_to(site).parts[0].startswith("_"))
    return sorted(path.relative_to(site).as_posix() for path in found if not _leads_on(path))


def first_of_each_kind(names: list[str]) -> list[str]:
    """One page for each kind that has a budget."""
    return sorted({budget_of(name).kind: name for name in reversed(names)}.values())


def _leads_on(path: Path) -> bool:
    with path.open(encoding="utf-8") as page:
        return 'http-equiv="refresh"' in page.read(300).lower()


def listen(opened: Page, address: str, page: str) -> Weight:
    """What a window will have got when it has opened a page: nothing yet."""
    weight = Weight(page)

    def note(response: Response) -> None:
        if response.url.startswith("data:"):
            return
        try:
            body = response.body()
        except Error:  # a redirection has no body
            body = b""
        weight.files[response.url.removeprefix(address)] = len(gzip.compress(body, 6))

    opened.on("response", note)
    return weight


def weigh(browser: Browser, address: str, page: str) -> Weight:
    """Open a page with an empty cache, wait until it asks for nothing more, and weigh what came."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    weight = listen(opened, address, page)
    opened.goto(f"{address}/{page}")
    opened.wait_for_load_state("networkidle")
    context.close()
    return weight


def main() -> int:
    """Print the table; 1 when a page is over its budget."""
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    from serve import served

    import browser as chromium

    over = 0
    site = ROOT / "_build" / "html"
    with sync_playwright() as playwright, served(site) as address:
        window = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        print(f"{'page':44} {'KB':>7} {'of':>5} {'requests':>9} {'of':>3}  heaviest")
        for page in pages(site):
            weight, budget = weigh(window, address, page), budget_of(page)
            over += weight.total > budget.kilobytes * 1000 or len(weight.files) > budget.requests
            print(
                f"{page:44} {weight.total / 1000:7.1f} {budget.kilobytes:5} {len(weight.files):9} {budget.requests:3}"
                f"  {weight.heaviest(1)[0]}"
            )
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Every page of the book as it is and as the default theme makes it: `python benchmarks/pages.py` (make bench).

The same sources are built twice from the same runs: as they are, and without the light pages
(`coursebook_light: false`), which is what Jupyter Book's theme sends. Each page is opened several times with an empty
cache, before any interaction, on a phone that is four times slower than this machine. Medians go to `pages.json` and
the table in `README.md`.

`--quick` opens each page once, on the built site only, and writes nothing.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, BrowserType, Response, sync_playwright

from builds import build, copy_book
from common import ROOT, keep, machine

# isort: split
# The folders of these are known from `common`.
from serve import served
from weight import pages

import browser as chromium

LOADS = 3
SLOWER = 4  # times; what Lighthouse takes for a phone
PHONE = {"width": 360, "height": 740}
WATCH = """
window.bench = {lcp: 0, cls: 0, blocking: 0};
const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type, buffered: true});
watch('largest-contentful-paint', (entry) => { bench.lcp = entry.startTime; });
watch('layout-shift', (entry) => { bench.cls += entry.value; });
watch('longtask', (entry) => { bench.blocking += Math.max(0, entry.duration - 50); });
"""
MEASURES = (
    ("lcp", "largest contentful paint, ms", 0),
    ("cls", "layout shift (CLS)", 3),
    ("blocking", "blocking time, ms", 0),
    ("kilobytes", "KB, gzipped", 0),
    ("requests", "requests", 0),
)


def default_site(folder: Path) -> Path:
    """The book as its theme would send it, built from the stored runs of the built site."""
    book = copy_book(folder / "book")
    shutil.copytree(ROOT / "_build/.jupyter_cache", book / "_build/.jupyter_cache")
    config = book / "_config.yml"
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["sphinx"]["config"]["coursebook_light"] = False
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    build(book, "-q")
    return book / "_build" / "html"


def launch(kind: BrowserType) -> Browser:
    """A browser that finds no host but this machine: what a page asks of others is not in its time."""
    local = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    return kind.launch(executable_path=chromium.find(), args=[*chromium.ARGUMENTS, local])


def visit(browser: Browser, address: str, name: str) -> dict[str, float]:
    """One visit to a page with an empty cache. Other hosts, if it asks any, are not found."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # their bodies are read when all is there
    page.add_init_script(WATCH)
    page.goto(f"{address}/{name}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    seen = page.evaluate("bench")
    sizes = [len(gzip.compress(each.body(), 6)) for each in responses if each.ok and each.url.startswith(address)]
    context.close()
    return {**seen, "kilobytes": sum(sizes) / 1000, "requests": len(sizes)}


def visits(browser: Browser, site: Path, loads: int) -> dict[str, dict[str, float]]:
    """Medians of every page of a site."""
    found = {}
    with served(site) as address:
        for name in pages(site):
            print(f"{site.parent.parent.name}: {name} ...", flush=True)
            seen = [visit(browser, address, name) for _ in range(loads)]
            found[name] = {key: round(statistics.median(each[key] for each in seen), 4) for key in seen[0]}
    return found


def measure(loads: int, with_default: bool) -> dict[str, Any]:
    """Both sites, or only ours.

    Raises:
        SystemExit: there is no built site.
    """
    ours = ROOT / "_build" / "html"
    if not (ours / "index.html").is_file():
        raise SystemExit("There is no built site: run `make book` first.")
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        opened = launch(playwright.chromium)
        if with_default:
            found["default"] = visits(opened, default_site(Path(folder)), loads)
        found["coursebook"] = visits(opened, ours, loads)
        version = opened.version
    return {
        "machine": {**machine(("jupyter-book", "sphinx-book-theme")), "chromium": version},
        "loads": loads,
        "results": found,
    }


def table(found: dict[str, Any]) -> str:
    """The results as Markdown: each measure as default / ours."""
    results = found["results"]
    lines = [
        "| page | " + " | ".join(label for _, label, _ in MEASURES) + " |",
        "|---|" + "---|" * len(MEASURES),
    ]
    for name in results["coursebook"]:
        sides = [results[side].get(name) for side in ("default", "coursebook") if side in results]
        cells = [
            " / ".join(f"{side[key]:,.{digits}f}" if side else "–" for side in sides) for key, _, digits in MEASURES
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + f"\n\nMedians of {found['loads']}."


def main() -> None:
    """Measure; unless it is quick, keep the figures and put the table into README.md."""
    parser = argparse.ArgumentParser(description="Speed and weight of every page of the built book.")
    parser.add_argument("--quick", action="store_true", help="each page once, without the default theme; write nothing")
    quick = parser.parse_args().quick
    found = measure(1 if quick else LOADS, with_default=not quick)
    if quick:
        print(table(found))
    else:
        keep("pages", found, table(found))


if __name__ == "__main__":
    main()

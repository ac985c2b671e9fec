"""Charts on a page with and without coursebook, in one run: `python benchmarks/charts.py` (make bench).

The same notebooks are built twice. Without the extension, Altair's default renderer asks a CDN for Vega; those files
come from the npm registry once and are then served at no network cost, so the comparison favours the default. Every
figure is the median of several loads in headless Chromium. Results go to `charts.json` and the table in `README.md`.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, Route, sync_playwright

from common import keep, machine, run

# isort: split
# The folders of these are known from `common`.
from serve import served

import browser as chromium

SIZES = (0, 1, 10, 35, 100)  # charts on a page; the page without charts is what the theme weighs
LOADS = 5
CDN_FILES = {"vega@": "vega.min.js", "vega-lite@": "vega-lite.min.js", "vega-embed@": "vega-embed.min.js"}
CONFIG = """title: Bench
author: bench
only_build_toc_files: true
execute: {execute_notebooks: cache, timeout: 300}
"""
PAGE = """---
kernelspec: {{display_name: Python 3, language: python, name: python3}}
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
---
# {count} charts

```{{code-cell}} python
import altair as alt
import pandas as pd
rows = pd.DataFrame([(y, c, 10 * p + (y - 2000) * (5 - p) * 1.7 + y % 4) for y in range(2000, 2021)
                     for p, c in enumerate(["China", "United States", "Japan"])], columns=["year", "country", "value"])
```
{cells}"""
CELL = """
## Chart {number}

```{{code-cell}} python
alt.Chart(rows, title="Chart {number}", description="Three lines rise; chart {number}.").mark_line(point=True).encode(
    x=alt.X("year:Q", axis=alt.Axis(format="d")), y="value:Q", color="country:N", tooltip=["year", "value"])
```
"""
#: Milliseconds until the last chart shows something, and the browser's own measures.
WATCH = """
window.bench = {lcp: 0, cls: 0, blocking: 0, last: null};
new PerformanceObserver(list => list.getEntries().forEach(e => { bench.lcp = e.startTime; })).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(e => { bench.cls += e.value; })).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(e => { bench.blocking += Math.max(0, e.duration - 50); })).observe({type: 'longtask', buffered: true});
const look = () => {
  const charts = [...document.querySelectorAll('.altair-chart, [id^="altair-viz-"]')];
  const shown = charts.filter(chart => [...chart.querySelectorAll('svg, canvas')].some(each => each.getBoundingClientRect().width > 100));
  if (document.readyState !== 'loading' && charts.length >= COUNT && shown.length === charts.length) bench.last = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""  # noqa: E501


def cdn_files(folder: Path) -> dict[str, bytes]:
    """Vega as a CDN would send it, from the npm registry."""
    from altair.vegalite.v6 import schema

    versions = {"vega": "6", "vega-lite": schema.SCHEMA_VERSION.lstrip("v"), "vega-embed": "7"}
    found = {}
    for name, version in versions.items():
        run(["npm", "pack", "--silent", f"{name}@{version}"], folder)
        archive = max(folder.glob(f"{name}-[0-9]*.tgz"), key=lambda path: path.stat().st_mtime)
        with tarfile.open(archive) as packed:
            names = [each for each in packed.getnames() if each.endswith(f"build/{name}.min.js")]
            found[f"{name}@"] = packed.extractfile(names[0]).read()
    return found


def write_book(folder: Path, count: int, extension: bool) -> Path:
    """A book whose second page has `count` charts; the first keeps what all pages share out of the measurement."""
    folder.mkdir(parents=True)
    sphinx = "sphinx: {extra_extensions: [coursebook]}\n" if extension else ""
    (folder / "_config.yml").write_text(CONFIG + sphinx, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: page}]\n", encoding="utf-8")
    (folder / "index.md").write_text("# Start\n", encoding="utf-8")
    cells = "".join(CELL.format(number=number) for number in range(1, count + 1))
    (folder / "page.md").write_text(PAGE.format(count=count, cells=cells), encoding="utf-8")
    return folder


def build(folder: Path) -> float:
    """Seconds of one build."""
    return run(["jupyter-book", "build", ".", "-q"], folder)


def timed_builds(folder: Path, extension: bool) -> dict[str, float]:
    """Seconds to build an executed book: with no drawings kept (cold) and with all of them (warm)."""
    build(folder)  # runs the notebooks, which is not what we measure
    times = {}
    for state in ("cold", "warm"):
        shutil.rmtree(folder / "_build/html")
        shutil.rmtree(folder / "_build/.doctrees", ignore_errors=True)
        if state == "cold" and extension:
            shutil.rmtree(folder / "_build/.coursebook", ignore_errors=True)
        times[state] = round(build(folder), 2)
    return times


def load(browser: Browser, address: str, count: int, cdn: dict[str, bytes]) -> dict[str, Any]:
    """One visit to a page, before any interaction."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    outside: list[str] = []
    responses: list[Response] = []

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(address):
            return route.continue_()
        outside.append(url)
        body = next((text for name, text in cdn.items() if f"/{name}" in url), None)
        return route.fulfill(body=body, content_type="text/javascript") if body else route.abort()

    context.route("**/*", answer)
    page.on("response", lambda response: responses.append(response))  # their bodies are read when all is there
    page.add_init_script(WATCH.replace("COUNT", str(count)))
    page.goto(f"{address}/page.html")
    page.wait_for_function("bench.last !== null", timeout=120_000)
    page.wait_for_load_state("load", timeout=120_000)
    page.wait_for_timeout(1000)
    seen = page.evaluate("bench")
    sizes = [len(gzip.compress(response.body(), 6)) for response in responses if response.ok]
    context.close()
    return {**seen, "bytes": sum(sizes), "requests": len(sizes), "outside": len(outside)}


def visits(browser: Browser, folder: Path, count: int, cdn: dict[str, bytes]) -> dict[str, float]:
    """Medians over several visits, each with an empty cache."""
    with served(folder / "_build/html") as address:
        seen = [load(browser, address, count, cdn) for _ in range(LOADS)]
    return {key: round(statistics.median(each[key] for each in seen), 4) for key in seen[0]}


def measure(folder: Path) -> dict[str, Any]:
    """Everything, both ways, at every size."""
    cdn = cdn_files(folder)
    found: dict[str, Any] = {"default": {}, "coursebook": {}}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for count in SIZES:
            for name in found:  # one after the other at each size, so that the machine's mood hits both
                print(f"{count} charts, {name} ...", flush=True)
                book = write_book(folder / f"{name}-{count}", count, name == "coursebook")
                times = timed_builds(book, name == "coursebook")
                found[name][count] = {**visits(opened, book, count, cdn), "build": times}
        version = opened.version
    for name in found:
        for count in SIZES:
            found[name][count]["chart_bytes"] = found[name][count]["bytes"] - found[name][0]["bytes"]
    packages = ("jupyter-book", "sphinx", "myst-nb", "altair", "vl-convert-python")
    return {"machine": {**machine(packages), "chromium": version}, "results": found}


def table(found: dict[str, Any]) -> str:
    """The results as Markdown."""
    results = found["results"]
    lines = ["| charts | | default | coursebook | ratio |", "|---|---|---|---|---|"]
    rows = (
        ("last chart visible, ms", "last", 0),
        ("largest contentful paint, ms", "lcp", 0),
        ("layout shift (CLS)", "cls", 3),
        ("blocking time, ms", "blocking", 0),
        ("chart bytes before interaction, gzipped", "chart_bytes", 0),
        ("all bytes before interaction, gzipped", "bytes", 0),
        ("requests to other hosts", "outside", 0),
    )
    for count in SIZES[1:]:
        for label, key, digits in rows:
            ours, theirs = (float(results[name][str(count)][key]) for name in ("coursebook", "default"))
            ratio = f"{ours / theirs:.2f}" if theirs else "–"
            lines.append(f"| {count} | {label} | {theirs:,.{digits}f} | {ours:,.{digits}f} | {ratio} |")
        for state in ("cold", "warm"):
            ours, theirs = (results[name][str(count)]["build"][state] for name in ("coursebook", "default"))
            empty = results["coursebook"]["0"]["build"][state] - results["default"]["0"]["build"][state]
            each = (ours - theirs - empty) / count * 1000
            lines.append(
                f"| {count} | build, {state} drawings, s | {theirs:.2f} | {ours:.2f} | {each:+.0f} ms a chart |"
            )
    lines += ["", *(f"- {build_cost(results, state)}" for state in ("cold", "warm"))]
    return "\n".join(lines)


def build_cost(results: dict[str, Any], state: str) -> str:
    """What a further chart adds to a build, beside what the default takes: the step between the two largest books."""
    few, many = SIZES[-2:]
    more = [results["coursebook"][str(n)]["build"][state] - results["default"][str(n)]["build"][state] for n in SIZES]
    each = (more[-1] - more[-2]) / (many - few) * 1000
    return (
        f"With {state} drawings each chart from {few} to {many} costs {round(each)} ms more than by default; most of "
        "the other difference is paid once for a build."
    )


def main() -> None:
    """Measure, keep the figures, and put the table into README.md."""
    with tempfile.TemporaryDirectory() as folder:
        found = json.loads(json.dumps(measure(Path(folder))))
    keep("charts", found, table(found))


if __name__ == "__main__":
    main()

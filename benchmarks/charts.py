"""Charts on a page with and without coursebook, in one run: `python benchmarks/charts.py` (make bench).

The same notebooks are built twice. Without the extension, Altair's default renderer asks a CDN for Vega; those files
come from the npm registry once and are then served from this machine, at the place of the CDN in the built pages, so
the comparison favours the default. Every figure is the median of several loads in headless Chromium, or of several
builds. Results go to `charts.json` and the table in `README.md`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import statistics
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, sync_playwright

from common import keep, machine, run

# isort: split
# The folders of these are known from `common`.
from serve import served

import browser as chromium

#: At most, of coursebook: of what the default takes, in layout shift, and in milliseconds a chart adds to a build.
GOALS = {"last": 0.35, "chart_bytes": 0.35, "blocking": 0.5, "cls": 0.01, "cold": 150, "warm": 10}
TYPICAL = 35  # charts on the page that the goals are held against
SIZES = (0, 1, 10, 35, 100)  # charts on a page; the page without charts is what the theme weighs
LOADS = 9
BUILDS = 3
CDN = re.compile(r"https://cdn\.jsdelivr\.net/npm/((vega|vega-lite|vega-embed)@[\w.]+)(\?noext)?")
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
// A drawing must hold a mark and stand in a place of a real size. Its own size is asked for once all is over: whoever asks
// for it earlier makes the browser lay out what it had put off, and measures himself.
const place = chart => chart.querySelector('canvas, svg :is(path, circle, rect)')?.closest('.altair-box, [id^="altair-viz-"]');
const drawn = chart => place(chart)?.getBoundingClientRect().width > 100;
const look = () => {
  const charts = document.querySelectorAll('.altair-chart, [id^="altair-viz-"]');
  const all = document.readyState !== 'loading' && charts.length >= COUNT && [...charts].every(drawn);
  if (all) bench.last = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""  # noqa: E501
#: How many drawings are of a real size.
REAL = """[...document.querySelectorAll('.altair-chart, [id^="altair-viz-"]')].filter(chart =>
  [...chart.querySelectorAll('svg, canvas')].some(each => each.getBoundingClientRect().width > 100)).length"""


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
            found[name] = packed.extractfile(names[0]).read()
    return found


def bring_home(site: Path, cdn: dict[str, bytes]) -> None:
    """Put the CDN's files into a built site and let its page ask for them there."""
    page = site / "page.html"
    text = page.read_text(encoding="utf-8")
    for file, name, _ in CDN.findall(text):
        (site / "npm").mkdir(exist_ok=True)
        (site / "npm" / f"{file}.js").write_bytes(cdn[name])
    page.write_text(CDN.sub(r"npm/\1.js", text), encoding="utf-8")


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
    """Median seconds to build an executed book: with no drawings kept (cold) and with all of them (warm)."""
    build(folder)  # runs the notebooks, which is not what we measure
    times: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(BUILDS):
        for state, seconds in times.items():
            shutil.rmtree(folder / "_build/html")
            shutil.rmtree(folder / "_build/.doctrees", ignore_errors=True)
            if state == "cold" and extension:
                shutil.rmtree(folder / "_build/.coursebook", ignore_errors=True)
            os.sync()  # what was deleted is gone before the clock starts
            seconds.append(build(folder))
    return {state: round(statistics.median(seconds), 2) for state, seconds in times.items()}


def load(browser: Browser, address: str, count: int) -> dict[str, Any]:
    """One visit to a page, before any interaction. Nothing is intercepted: that would slow every request."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # their bodies are read when all is there
    page.add_init_script(WATCH.replace("COUNT", str(count)))
    page.goto(f"{address}/page.html")
    page.wait_for_function("bench.last !== null", timeout=120_000)
    page.wait_for_load_state("load", timeout=120_000)
    page.wait_for_timeout(1000)
    seen = page.evaluate("bench")
    if (real := page.evaluate(REAL)) < count:
        raise SystemExit(f"{address}: only {real} of {count} charts are drawn in a real size")
    sizes = [len(gzip.compress(response.body(), 6)) for response in responses if response.ok]
    outside = [each for each in responses if "/npm/" in each.url or not each.url.startswith((address, "data:"))]
    context.close()
    return {**seen, "bytes": sum(sizes), "requests": len(sizes), "outside": len(outside)}


def visits(browser: Browser, folder: Path, count: int, cdn: dict[str, bytes]) -> dict[str, float]:
    """Medians over several visits, each with an empty cache."""
    site = folder / "_build/html"
    bring_home(site, cdn)
    with served(site) as address:
        seen = [load(browser, address, count) for _ in range(LOADS)]
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
            lines.append(
                f"| {count} | build, {state} drawings, s | {theirs:.2f} | {ours:.2f} | {ours - theirs:+.1f} s |"
            )
    return "\n".join([*lines, "", *theme_bytes(results), *verdicts(results)])


def theme_bytes(results: dict[str, Any]) -> list[str]:
    """What a page weighs without a chart, both ways."""
    theirs, ours = (results[name]["0"]["bytes"] for name in ("default", "coursebook"))
    return [f"- A page without charts: {theirs:,.0f} bytes by default, {ours:,.0f} with coursebook."]


def verdicts(results: dict[str, Any]) -> list[str]:
    """Each goal, the figure it is held against, and whether it is met."""
    theirs, ours = (results[name][str(TYPICAL)] for name in ("default", "coursebook"))
    found = {key: ours[key] / theirs[key] for key in ("last", "chart_bytes", "blocking")} | {"cls": ours["cls"]}
    words = {
        "last": "time to the last chart, of the default's",
        "chart_bytes": "chart bytes, of the default's",
        "blocking": "blocking time, of the default's",
        "cls": "layout shift",
    }
    lines = [
        f"- {TYPICAL} charts, {words[key]}: {value:.2g}; goal {GOALS[key]:g}, {_verdict(value, GOALS[key])}."
        for key, value in found.items()
    ]
    return [*lines, *(build_cost(results, state) for state in ("cold", "warm"))]


def _verdict(value: float, goal: float) -> str:
    return "met" if value <= goal else "missed"


def build_cost(results: dict[str, Any], state: str) -> str:
    """What the extension adds to a build: the straight line nearest to all sizes with charts."""
    extra = [results["coursebook"][str(n)]["build"][state] - results["default"][str(n)]["build"][state] for n in SIZES]
    each, once = statistics.linear_regression(SIZES[1:], extra[1:])
    fit = statistics.correlation(SIZES[1:], extra[1:])
    goal = f"goal {GOALS[state]} ms, {_verdict(each * 1000, GOALS[state])}"
    return (
        f"- With {state} drawings the extension adds {once:.1f} s once and {each * 1000:.0f} ms for each chart "
        f"(correlation with the number of charts {fit:.2f}); {goal}."
    )


def main() -> None:
    """Measure, keep the figures, and put the table into README.md."""
    with tempfile.TemporaryDirectory() as folder:
        found = json.loads(json.dumps(measure(Path(folder))))
    keep("charts", found, table(found))


if __name__ == "__main__":
    main()

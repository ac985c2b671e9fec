"""What a build stops at, what it runs again, and that plain Sphinx builds the book too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from sphinx.util.parallel import parallel_available

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
title: Small
execute: {execute_notebooks: cache}
bibtex_bibfiles: [references.bib]
sphinx:
  extra_extensions: [coursebook]
  config: {nb_execution_raise_on_error: true, nitpicky: true}
"""
NOTEBOOK = """---
kernelspec: {{name: python3, display_name: Python 3}}
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
---
# {title}

{text}

```{{code-cell}} python
{code}
```
"""


def book(folder: Path, **pages: tuple[str, str]) -> Path:
    """A small book; each page is a text and the code of its cell."""
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "references.bib").write_text("@misc{known, title={Known}, author={A}, year={2020}}", encoding="utf-8")
    chapters = "".join(f"\n- file: {name}" for name in list(pages)[1:])
    toc = f"format: jb-book\nroot: {next(iter(pages))}" + (f"\nchapters:{chapters}" if chapters else "")
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    (folder / "data").mkdir()
    for name, (text, code) in pages.items():
        (folder / f"{name}.md").write_text(NOTEBOOK.format(title=name, text=text, code=code), encoding="utf-8")
        (folder / f"data/{name}.csv").write_text("x\n1\n", encoding="utf-8")
    return folder


def build(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return run("jupyter-book", "build", str(folder), "-W", "-n", "--keep-going", **variables)


def run(program: str, *arguments: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment, with further environment variables, and keep what it says."""
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    environment = {
        **os.environ,
        **variables,
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=False, cwd=folder, env=environment
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("A page.", "1 / 0", ["page", "ZeroDivisionError", "1 / 0"]),
        ("See [](#nowhere).", "1", ["page.md", "nowhere"]),
        ("See {cite}`unknown`.", "1", ["page.md", "unknown"]),
        ("It is {fact}`4-nothing`.", "1", ["page.md", "4-nothing"]),
        (
            "A page.",
            "from dualcirc import load\nload('table-4.1')",
            ["page", "No dataset is called 'table-4.1'", "'table-4-1'"],
        ),
    ],
    ids=["broken-cell", "missing-reference", "unknown-citation", "unknown-fact", "missing-dataset"],
)
def test_a_mistake_stops_the_build_and_is_named(tmp_path: Path, text: str, code: str, said: list[str]) -> None:
    result = build(book(tmp_path, page=(text, code)))
    output = result.stdout + result.stderr
    assert result.returncode != 0
    assert all(word in output for word in said), output[-3000:]


def test_a_book_that_does_not_name_the_extension_is_left_alone(tmp_path: Path) -> None:
    code = "import altair as alt\nimport pandas as pd\nalt.Chart(pd.DataFrame({'a': [1]})).mark_bar().encode(x='a')"
    folder = book(tmp_path, page=("A page.", code))
    config = folder / "_config.yml"
    config.write_text(CONFIG.replace("extra_extensions: [coursebook]", "extra_extensions: []"), encoding="utf-8")
    result = build(folder)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    page = (folder / "_build/html/page.html").read_text(encoding="utf-8")
    assert "altair-viz-" in page and "altair-chart" not in page


def test_an_edited_csv_runs_its_readers_again_and_no_other(tmp_path: Path) -> None:
    code = "import pandas as pd\npd.read_csv('data/{}.csv')"
    folder = book(tmp_path, one=("One.", code.format("one")), two=("Two.", code.format("two")))
    first = build(folder)
    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    (folder / "data/one.csv").write_text("x\n2\n", encoding="utf-8")
    again = build(folder)
    said = again.stdout + again.stderr
    ran = {name for name in ("one", "two") if f"{name}.md: Executed notebook" in said}
    assert ran == {"one"}, said[-3000:]


@pytest.mark.slow
def test_a_changed_chart_leaves_no_old_files(tmp_path: Path) -> None:
    code = """import altair as alt, pandas as pd
rows = pd.DataFrame({{'a': [1]}})
{}.properties(description='One bar.')"""
    bar = "alt.Chart(rows).mark_bar().encode(x='a')"
    layered = f"alt.layer({bar}, alt.Chart(rows.assign(a=2)).mark_rule().encode(x='a'))"
    folder = book(tmp_path, page=("A page.", code.format(layered)))
    names = []
    for chart in (layered, bar):
        text = NOTEBOOK.format(title="page", text="A page.", code=code.format(chart))
        (folder / "page.md").write_text(text, encoding="utf-8")
        result = build(folder)
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
        names.append({path.name for path in (folder / "_build/html/charts/page").iterdir()})
    assert names[0] - names[1] == {"chart-1.data-1.csv", "chart-1.data-2.csv"}


@pytest.mark.slow
def test_a_renamed_page_leaves_nothing_under_its_old_name(tmp_path: Path) -> None:
    code = """import altair as alt, pandas as pd
alt.Chart(pd.read_csv('data/old.csv')).mark_bar().encode(x='x').properties(description='One bar.')"""
    folder = book(tmp_path, old=("A page. {download}`data/old.csv`", code), below=("Another.", "1"))
    (folder / "old").mkdir()
    (folder / "below.md").rename(folder / "old" / "below.md")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: old\nchapters: [{file: old/below}]", encoding="utf-8")
    site = folder / "_build" / "html"

    def files() -> set[str]:
        result = build(folder)
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
        return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}

    before = files()
    names = {"old.html", "_sources/old.md", "_sources/old.ipynb", "_sources/old.data.zip", "charts/old/chart-1.svg"}
    assert names <= before
    (site / "theirs.html").write_text("put here by another program", encoding="utf-8")
    text = (folder / "old.md").read_text(encoding="utf-8").replace("{download}`data/old.csv`", "")
    (folder / "old.md").unlink()
    (folder / "new.md").write_text(text, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: new\nchapters: [{file: old/below}]", encoding="utf-8")
    after = files()
    gone = {name for name in before if re.search(r"^_downloads/|\bold\.(html|md|ipynb|data\.zip)$|^charts/old/", name)}
    assert before - after == gone and names <= gone
    assert {"new.html", "old/below.html", "charts/new/chart-1.svg", "theirs.html"} <= after
    assert not (site / "charts" / "old").exists() and not (site / "_downloads").exists(), "nor empty folders"
    assert "new.html" in (site / "index.html").read_text(encoding="utf-8")


def test_the_published_book_is_told_its_address(tmp_path: Path) -> None:
    """Workflows do not run here; what ours writes into the settings can."""
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"], path.name
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["publish"]["steps"]
    step = next(each for each in steps if "SITE" in each.get("env", {}))
    shutil.copy(ROOT / "_config.yml", tmp_path)
    address = "https://owner.example/book"
    told = {**os.environ, "SITE": address, "REPO": "owner/book"}
    subprocess.run(["bash", "-ec", step["run"]], cwd=tmp_path, env=told, check=True)
    settings = yaml.safe_load((tmp_path / "_config.yml").read_text(encoding="utf-8"))
    assert settings["html"]["baseurl"] == address
    launch, note = (settings["sphinx"]["config"][f"coursebook_{name}"] for name in ("launch", "notebook_note"))
    assert launch["Colab"].endswith("/github/owner/book/blob/notebooks/{page}.ipynb")
    assert "`%pip install git+https://github.com/owner/book`" in note
    (pull,) = parse_qs(urlsplit(launch["Binder"]).query)["urlpath"]  # as Binder reads it, then nbgitpuller
    assert {name: value for name, (value,) in parse_qs(urlsplit(pull).query).items()} == {
        "repo": "https://github.com/owner/book",
        "branch": "notebooks",
        "targetPath": "book",
        "urlpath": "lab/tree/book/{page}.ipynb",
    }
    kit = launch["Offline kit"].removeprefix(f"{address}/")
    assert f"_build/{kit} " in (ROOT / "Makefile").read_text(encoding="utf-8"), "the name that make kit writes"
    assert f"mv _build/{kit} _build/html" in [each.get("run") for each in steps]


def test_notebooks_of_the_site_go_on_a_branch_that_grows(tmp_path: Path, site: Path) -> None:
    branch, notebooks = tmp_path / "published.git", tmp_path / "book/_build/html/_sources"
    push = tmp_path / "book/instructor/hub/push-notebooks.sh"
    push.parent.mkdir(parents=True)
    shutil.copy(ROOT / "instructor/hub" / push.name, push)
    who = {f"GIT_{role}_{what}": "test@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def ask(*command: str | Path, code: int = 0) -> str:
        environment = {**os.environ, **who}
        answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path / "book", env=environment)
        assert answer.returncode == code, answer.stderr
        return answer.stdout + answer.stderr

    ask("git", "init", "--quiet", "--bare", branch)
    ask("git", "init", "--quiet", ".")
    ask("git", "commit", "--quiet", "--allow-empty", "--message", "A book")
    assert "run 'make book' first" in ask("bash", push, branch, code=1)
    shutil.copytree(site / "_sources", notebooks)
    ask("bash", push, branch)
    names = ask("git", "-C", branch, "ls-tree", "-r", "--name-only", "notebooks").splitlines()
    assert "chapters/4-science-rivalry.ipynb" in names and all(each.endswith(".ipynb") for each in names)
    assert "has them already" in ask("bash", push, branch)
    (notebooks / "chapters/4-science-rivalry.ipynb").write_text("{}", encoding="utf-8")
    ask("bash", push, branch)
    assert ask("git", "-C", branch, "rev-list", "--count", "notebooks") == "2\n", "on top of the first: copies follow"
    assert ask("git", "diff", "--cached", "--name-only") == "", "nothing staged"


@pytest.mark.slow
def test_plain_sphinx_builds_the_book(tmp_path: Path, site: Path) -> None:
    """Jupyter Book is a command we use, not a thing we depend on: its conf.py is enough."""
    for part in ("chapters", "data", "reference", "images"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for path in [*ROOT.glob("*.md"), *ROOT.glob("_*.yml"), ROOT / "references.bib"]:
        shutil.copy(path, tmp_path)
    stored = ROOT / "_build" / ".jupyter_cache"  # of notebooks that have run, to save their time
    if stored.is_dir():
        shutil.copytree(stored, tmp_path / "_build" / ".jupyter_cache")
    configured = run("jupyter-book", "config", "sphinx", ".", folder=tmp_path)
    assert configured.returncode == 0, configured.stderr
    built = run("sphinx-build", "-q", "-b", "html", ".", "_build/html", folder=tmp_path)
    assert built.returncode == 0, built.stderr[-3000:]
    ours = (site / "chapters/4-science-rivalry.html").read_text(encoding="utf-8")
    plain = (tmp_path / "_build/html/chapters/4-science-rivalry.html").read_text(encoding="utf-8")
    assert plain.count('class="altair-chart') == ours.count('class="altair-chart') > 10


def test_pages_are_read_in_parallel(tmp_path: Path) -> None:
    """Jupyter Book has no switch for it; an extension of this book notes which process read each page."""
    pages = {f"page{number}": ("A page.", "1") for number in range(8)}
    folder = book(tmp_path, **pages)
    extension = """import os

def setup(app):
    app.connect("source-read", lambda app, name, text: print("read by", os.getpid()))
    return {"parallel_read_safe": True}
"""
    (folder / "who.py").write_text(extension, encoding="utf-8")
    for name in pages:
        (folder / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    config = (folder / "_config.yml").read_text(encoding="utf-8").replace("[coursebook]", "[coursebook, who]")
    local = "  local_extensions: {who: .}\n"
    (folder / "_config.yml").write_text(config.rstrip() + "\n" + local, encoding="utf-8")
    result = build(folder)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    readers = set(re.findall(r"read by (\d+)", result.stdout))
    assert len(readers) > 1 or not parallel_available or os.cpu_count() == 1, result.stdout


@pytest.mark.slow
def test_a_clean_build_elsewhere_gives_the_same_bytes(tmp_path: Path, site: Path) -> None:
    """Every file of the site, with every notebook run again, in another folder and with another hash seed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    for name in filter(None, listed.stdout.split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    date = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, check=True).stdout
    result = build(tmp_path, SOURCE_DATE_EPOCH=date.decode().strip(), PYTHONHASHSEED="4711")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    ours, theirs = (
        {str(path.relative_to(top)): path for path in top.rglob("*") if path.is_file()}
        for top in (site, tmp_path / "_build/html")
    )
    assert sorted(ours) == sorted(theirs), "files left from an older build? make clean && make book"
    differing = [name for name, path in ours.items() if path.read_bytes() != theirs[name].read_bytes()]
    assert not differing, differing

"""The assignments that instructors set: they keep to their rules, prove, run alone, and leak nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml

from coursebook import kit
from coursebook.archives import write_zip
from coursebook.lms.words import Book
from coursework import course, leaks, paper, reader, rules, versions
from coursework.__main__ import main
from coursework.proof import prove
from coursework.source import Source, read
from coursework.words import CourseworkError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "instructor/assignments"
SOURCES = {path.stem: read(path) for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md"}
MISCONCEPTIONS = yaml.safe_load((ROOT / "exercises/misconceptions.yml").read_text("utf-8"))
SEEDS = ["1", "2", "autumn"]  # beside the public one

each = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


@each
def test_keeps_to_the_rules(source: Source) -> None:
    assert rules.mistakes(source, MISCONCEPTIONS) == []


@each
def test_objectives_are_the_chapters(source: Source) -> None:
    page = ROOT / "chapters" / f"{source.name}.md"
    if not page.is_file():
        pytest.skip("not the assignment of one chapter")
    after = page.read_text("utf-8").partition("After this chapter you can")[2]
    objectives = re.findall(r"^(\d)\. ", after.partition("```")[0], re.MULTILINE)
    assert set(rules.points(source)) <= set(map(int, objectives))


@each
def test_pages_and_links_lead_to_both_routes(source: Source) -> None:
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    assert f"file: exercises/{source.name}\n" in toc and f"file: exercises/{source.name}-reader\n" in toc
    page = ROOT / "chapters" / f"{source.name}.md"
    text = page.read_text("utf-8") if page.is_file() else ""
    assert not text or all(f"(../exercises/{source.name}{end})" in text for end in (".ipynb", "-reader.md"))


@each
def test_proves(source: Source) -> None:
    assert prove(source, course.PUBLIC_SEED) == []


def _expected(source: Source, seed: str) -> dict[str, list[str]]:
    """What hidden tests of each part expect of numbers and tables, as code."""
    values = paper.run(source.paper, seed, source.name)
    found: dict[str, list[str]] = {}
    for part, cell in source.cells("code"):
        if cell.role == "hidden":
            for call in ast.walk(ast.parse(paper.in_code(cell.source, values))):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("check.number", "check.frame"):
                    found.setdefault(part.id, []).append(ast.unparse(call.args[1]))
    return found


@each
def test_right_answers_of_every_part_vary_with_the_seed(source: Source) -> None:
    public = _expected(source, course.PUBLIC_SEED)
    assert len(public) >= 2
    same = set(public)
    for seed in range(1, 10):
        other = _expected(source, str(seed)) if same else public
        same = {part for part in same if other[part] == public[part]}
    assert same == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@each
def test_proves_for_other_seeds(source: Source, seed: str) -> None:
    assert prove(source, seed) == []


@each
def test_published_papers_are_what_the_tool_writes(source: Source) -> None:
    for path, content in course.publish([source], ROOT / "exercises").items():
        assert path.read_bytes() == content.encode(), f"{path.name}: run `make assignments`"


def test_nothing_else_is_published() -> None:
    notebooks = {path.stem for path in (ROOT / "exercises").glob("*.ipynb")}
    readers = {path.stem.removesuffix("-reader") for path in (ROOT / "exercises").glob("*-reader.md")}
    assert notebooks == readers == set(SOURCES)


def test_student_notebooks_run_alone(tmp_path: Path) -> None:
    """In an empty folder, with no nbgrader and nothing of the tool, an empty version says what is not there yet."""
    script = tmp_path / "run.py"
    script.write_text(
        "import json, sys\n"
        "sys.modules['nbgrader'] = sys.modules['coursework'] = None\n"
        "for path in sys.argv[1:]:\n"
        "    names = {}\n"
        "    for cell in json.load(open(path, encoding='utf-8'))['cells']:\n"
        "        if cell['cell_type'] == 'code':\n"
        "            print('CELL', cell['id'])\n"
        "            exec(''.join(cell['source']), names)\n",
        "utf-8",
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    notebooks = [str(ROOT / "exercises" / f"{name}.ipynb") for name in SOURCES]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        [sys.executable, str(script), *notebooks], cwd=empty, capture_output=True, encoding="utf-8", env=environment
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    said = {cell.partition("\n")[0]: cell for cell in ran.stdout.split("CELL ")[1:]}
    checks = [name for name in said if re.search(r"-check(-\d)?$", name)]
    assert checks and all("not there yet" in said[name] for name in checks)


@each
def test_the_download_is_the_notebook(source: Source, site: Path) -> None:
    published = (ROOT / "exercises" / f"{source.name}.ipynb").read_bytes()
    served = [*site.glob(f"_downloads/*/{source.name}.ipynb"), site / f"_sources/exercises/{source.name}.ipynb"]
    assert served and all(path.read_bytes() == published for path in served)


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """What must be found nowhere, of all assignments, in the public paper."""
    found: dict[str, str] = {}
    for source in SOURCES.values():
        own = leaks.without(leaks.secrets(source, course.PUBLIC_SEED), (ROOT / "chapters").glob("*.md"))
        assert len(own) > 50, f"{source.name}: were the markers changed?"
        found |= own
    return found


def test_the_site_leaks_nothing(site: Path, secrets: dict[str, str]) -> None:
    assert leaks.search(site, secrets) == []


def test_the_kit_leaks_nothing(site: Path, secrets: dict[str, str], tmp_path: Path) -> None:
    for name in ("build", "kit"):
        (tmp_path / name).mkdir()
    wheel = kit.wheel_of(ROOT, tmp_path / "build")
    held = kit.content_of(site, wheel, ROOT / "requirements.txt", ROOT / "exercises/kit-readme.txt", ROOT / "data")
    apart = {name: content for name, content in held.items() if not name.startswith("site/")}  # the site has its test
    write_zip(tmp_path / "kit/kit.zip", apart)
    assert leaks.search(tmp_path / "kit", secrets) == []
    line = next(iter(secrets.values()))  # and in the wheel one would be found
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("dualcirc/planted.py", line)
    write_zip(tmp_path / "kit/kit.zip", apart)
    assert len(leaks.search(tmp_path / "kit", secrets)) == 1


def test_student_versions_leak_nothing(secrets: dict[str, str]) -> None:
    assert leaks.search(ROOT / "exercises", secrets) == []


@each
def test_students_of_a_course_get_nothing_of_the_key(source: Source, tmp_path: Path) -> None:
    found = course.course([source], "a secret", [], Book())
    for path, content in found.items():
        if path.name != "key.html" and "source" not in path.parts and path.name != "papers.json":
            (tmp_path / path.name).write_text(content, "utf-8")
    secret = leaks.without(leaks.secrets(source, "a secret"), (ROOT / "chapters").glob("*.md"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{source.name}.ipynb", "reader.html"]
    assert leaks.search(tmp_path, secret) == []


# That the search finds what is there: one leak of each kind, in each kind of file.


def _kinds(source: Source) -> dict[str, str]:
    """One secret of each kind, as its author wrote it."""
    cells = [cell for _, cell in source.cells("code")]
    line = max(next(c for c in cells if c.role == "answer").source.splitlines(), key=len)
    hidden = max(next(c for c in cells if c.role == "hidden").source.splitlines(), key=len)
    model = next(c for c in reversed(cells) if c.role == "words").source.partition(". ")[0]
    sample = next(iter(source.rubrics.values()))["samples"][0]["answer"].partition(". ")[0]
    rubric = next(iter(source.rubrics.values()))
    known = {"solution": line, "hidden test": hidden, "model answer": model, "sample": sample}
    known |= {"level": rubric["levels"][-1]["sees"].partition(". ")[0], "why of a sample": rubric["samples"][0]["why"]}
    known["wrong answer"] = max((line for each in source.wrong for line in each["code"].splitlines()), key=len)
    values = paper.run(source.paper, course.PUBLIC_SEED, source.name)
    question = max((each for part in reader.asked(source, values).values() for each in part), key=lambda q: len(q.why))
    return {**known, "why of a number": question.why.partition(". ")[0]}


KINDS = ["solution", "hidden test", "model answer", "sample"]
KINDS += ["level", "why of a sample", "wrong answer", "why of a number"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["page.html", "page.md", "notebook.ipynb", "searchindex.js", "kit.zip"])
def test_a_planted_leak_is_found(kind: str, where: str, tmp_path: Path) -> None:
    source = SOURCES["4-science-rivalry"]
    secret = _kinds(source)[kind]
    marked_up = re.sub(r"(\w+)", r'<span class="n">\1</span>', secret.replace("&", "&amp;").replace("<", "&lt;"))
    content = {".html": f"<pre>{marked_up}</pre>", ".ipynb": json.dumps({"cells": [{"source": [secret + "\n"]}]})}
    path = tmp_path / where
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside/page.md", f"Some text.\n\n    {secret}\n")
    else:
        path.write_text(content.get(path.suffix, f"before {json.dumps(secret)} after"), "utf-8")
    (tmp_path / "clean.html").write_text("<p>load(...) is no secret</p>", "utf-8")
    hits = leaks.search(tmp_path, leaks.secrets(source, course.PUBLIC_SEED))
    assert len(hits) == 1 and hits[0].startswith(where)


def test_the_place_of_a_planted_error_is_a_secret(tmp_path: Path) -> None:
    source = SOURCES["4-science-rivalry"]
    planted = paper.run(source.paper, "0", source.name)["_planted"]
    (tmp_path / "notebook.ipynb").write_text(json.dumps({"metadata": {"note": repr(planted)}}), "utf-8")
    assert len(leaks.search(tmp_path, leaks.secrets(source, "0"))) == 1


# A course's own papers


@each
def test_same_seed_same_paper_and_other_seed_other_paper(source: Source) -> None:
    one, again, other = (course.course([source], seed, [], Book()) for seed in ("spring", "spring", "summer"))
    assert one == again
    assert set(one) & set(other) == {Path("papers.json")}


@each
def test_readers_numbers_become_pools_of_five_or_more(source: Source) -> None:
    pools = course.pools(source, "spring")
    assert pools, "no numeric question differs enough from paper to paper"
    assert all(len(entry["siblings"]) >= 5 for entry in pools)


def test_a_course_in_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("text2qti")
    monkeypatch.chdir(ROOT)
    students = tmp_path / "students.csv"
    students.write_text("student,name\nli42,Li\nkim7,Kim\n", "utf-8")
    out, source = tmp_path / "course", FOLDER / "4-science-rivalry.md"
    wanted = ["make", "--seed", "spring term", "--out", str(out), "--roster", str(students), str(source)]
    assert main(wanted) == 0
    papers = json.loads((out / "papers.json").read_text("utf-8"))["papers"]
    assert [each["student"] for each in papers] == ["li42", "kim7"] and len({each["paper"] for each in papers}) == 2
    for each in papers:
        assert all((out / each[kind]).is_file() for kind in ("source", "notebook", "reader", "key"))
        handed_out = nbformat.read(out / each["notebook"], as_version=4)
        assert handed_out.metadata.coursework == {"assignment": "4-science-rivalry", "paper": each["paper"]}
        assert "spring term" not in (out / each["notebook"]).read_text("utf-8")
    assert sorted(path.name for path in (out / "lms").iterdir()) == ["canvas", "moodle", "paper"]
    assert not list((out / "lms").rglob("*practice*"))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["--seed", "spring term", "--out", "_build/course"], "inside"),
        (["--seed", "0", "--out", "_build/course"], "the seed '0' is public or soon guessed; take for instance "),
        (["--seed", "sprin27", "--out", "_build/course"], "soon guessed"),
        (["--seed", "s"], "need both --seed and --out"),
        (["--out", "/tmp/course"], "need both --seed and --out"),
    ],
)
def test_a_course_is_not_written_where_it_would_be_published(
    wanted: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["make", *wanted]) == 1
    assert said in capsys.readouterr().err
    assert not (ROOT / "_build/course").exists()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("name\nLi\n", "needs a column `student`"),
        ("student\n", "needs a column `student` and a row"),
        ("student\nli42\nli42\n", "row 3, student: 'li42' is empty or stands twice"),
        ("student,name\n,Li\n", "row 2, student: ''"),
    ],
)
def test_a_roster_that_is_off_is_told_so(rows: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(CourseworkError, match=re.escape(said)):
        course.roster(path)


# The tool itself, tried on the example that its documentation gives


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The documentation's part and companion file as an assignment."""
    text = (FOLDER / "README.md").read_text("utf-8")
    part = text.partition("````markdown\n")[2].partition("````")[0]
    head, _, _ = (FOLDER / "4-science-rivalry.md").read_text("utf-8").partition("# Assignment")
    imports = "```{code-cell} python\nfrom dualcirc import load\nfrom dualcirc.checks import Checks\n```\n\n"
    companion = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    companion["rubrics"] = {}  # the part has no written answer
    path = tmp_path / "example.md"
    path.write_text(f"{head}# Example\n\n{imports}{part}", "utf-8")
    path.with_suffix(".yml").write_text(yaml.safe_dump(companion), "utf-8")
    return path


def test_the_documentations_example_proves(example: Path) -> None:
    source = read(example)
    assert prove(source, "0") == []
    form = reader.form(source, paper.run(source.paper, "0", source.name))
    assert "Answer: " in form and "{{" not in form and "`load(" not in form


def test_a_proof_can_fail(example: Path) -> None:
    changed = example.read_text("utf-8").replace(
        "### END SOLUTION", "import sys\nprint('careful', file=sys.stderr)\ngrowth += 1\n### END SOLUTION"
    )
    example.write_text(changed.replace("growth = ...\n", ""), "utf-8")
    companion = example.with_suffix(".yml")
    companion.write_text(companion.read_text("utf-8").replace("says: count the steps", "says: never said"), "utf-8")
    found = "\n".join(prove(read(example), "0"))
    assert "solution: growth-hidden: 0 of 6" in found
    assert "solution: growth-answer: writes to stderr: careful" in found
    assert "wrong answer ten-steps: should say 'never said'" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (":tags: [paper]", ":tags: [papers]", "a code cell has one tag of paper, answer, check, hidden"),
        (":tags: [paper]\n", "", "one code cell with the tag paper"),
        (":points: 6", ":weight: 6", "cell growth-hidden: weight means nothing here"),
        (":points: 6\n", "", "cell growth-hidden: needs points above 0"),
        ('"kind": "indicator"', '"kind": "number"', "part growth: kind is one of clean"),
        ('"route": "code"', '"route": "codes"', "cell growth-text-2: route is one of code, reader"),
        ("### END SOLUTION\n", "", "cell growth-answer: its solution stands once between"),
        ("## Growth per year", "Growth per year", "part growth: its first line is the heading"),
        ("{{ country }}", "{{ county }}", "cell growth-text: {{ county }}: no such name here"),
        ("{{ country }}", "{{ _growth }}", "cell growth-text: {{ _growth }}: no such name here"),
        ("_growth = (", "_growth = 1 / 0 * (", "paper cell, line 7: ZeroDivisionError"),
        (
            "_ratio = ",
            "numbers = _values\n_ratio = ",
            "`numbers` is a Series; make it a number, text, list or DataFrame",
        ),
        ("from dualcirc.checks import Checks", "import dualcirc", "a given cell before the first part imports Checks"),
    ],
)
def test_a_source_that_is_off_is_told_so(old: str, new: str, said: str, example: Path) -> None:
    text = example.read_text("utf-8")
    assert old in text
    example.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CourseworkError) as problem:
        source = read(example)
        versions.solution(source, paper.run(source.paper, "0", source.name), "0")
    assert said in str(problem.value)


def test_rules_name_what_is_broken(example: Path) -> None:
    companion = yaml.safe_load(example.with_suffix(".yml").read_text("utf-8"))
    companion["reader"]["growth"][0]["points"] = 5
    companion["rubrics"] = {"claim-words": {"levels": [], "samples": []}}
    companion["wrong"][0] |= {"cell": "growth-check", "misconception": "unheard-of"}
    example.with_suffix(".yml").write_text(yaml.safe_dump(companion), "utf-8")
    found = "\n".join(rules.mistakes(read(example), MISCONCEPTIONS))
    for said in (
        "1 parts; it takes 5 to 7",
        "12 minutes; it takes 80 to 100",
        "0 of 8 points judge; at least 30% do",
        "has no part of the kind claim",
        "part growth: 8 points in code, 5 for readers",
        "claim-words: a rubric, but no written answer of that id",
        "1 wrong answers, 1 misconceptions; it takes 5 and 2",
        "misconception unheard-of: is not in the list",
        "wrong answer ten-steps: growth-check is no answer cell",
    ):
        assert said in found


def test_a_table_that_csv_does_not_keep_is_told_so() -> None:
    import pandas as pd

    with pytest.raises(CourseworkError, match="CSV does not keep the data frame `table`"):
        paper.literal(pd.DataFrame({"period": ["2010", "2020"]}), "table")


def test_tables_lists_and_numbers_in_texts() -> None:
    import pandas as pd

    values = {"share": 54.218, "countries": ["Brazil", "India", "Italy"], "table": pd.DataFrame({"a": ["x"], "n": [1]})}
    assert paper.in_text("{{ share:.1f }} of {{ countries }}", values) == "54.2 of Brazil, India and Italy"
    assert paper.in_text("{{ table }}", values) == "| a | n |\n| --- | ---: |\n| x | 1 |"
    assert paper.in_code("f({{ countries }}, {{ share }}, '{{ share:.0f }}')", values) == (
        "f(['Brazil', 'India', 'Italy'], 54.218, '54')"
    )


def test_the_command_prints_the_blueprint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["show", str(FOLDER / "4-science-rivalry.md")]) == 0
    assert "| objective | read | compute | judge | points |" in capsys.readouterr().out


def test_a_companion_that_is_missing_is_told_so(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "4-science-rivalry.md", tmp_path)
    with pytest.raises(CourseworkError, match=r"4-science-rivalry\.yml: cannot be read"):
        read(tmp_path / "4-science-rivalry.md")

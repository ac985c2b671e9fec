"""The export for Canvas, Moodle and paper: complete, valid, true to the text, and marked pools apart from practice."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

from coursebook.lms import export as lms
from coursebook.lms.__main__ import main
from coursebook.lms.words import COMMONMARK, Book, LmsError, Words

pytest.importorskip("text2qti", reason="text2qti is missing: python -m pip install -r requirements-grading.txt")

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "tests/gallery"
CHAPTERS = sorted(path.stem for path in (ROOT / "exercises/quizzes").glob("*.yml"))
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"

# Texts that mean something to XML, HTML, Markdown, LaTeX or text2qti. As MyST they are themselves, but for the marks.
HOSTILE = [
    "2\\. begins with a digit and a dot",
    "</script><script>alert(1)</script> and <b>bold</b> arrive as text",
    "the end of CDATA ]]> & an entity &amp;copy; and &lt;i&gt;",
    "She said \"yes\" and 'no' -- perhaps...",
    "双循环 (shuāngxúnhuán) costs 5 % of RMB 2.44 trillion；“对”",
    "a \\* b \\_ c \\[d\\](e) \\`f\\` {g} #h ~i~ ^j \\$5 and \\$6 \\\\num{7}",
    "\\- begins with a hyphen",
    "\\+ begins with a plus",
    "= begins with an equals sign",
    ": begins with a colon",
    "GROUP",
    "... begins with dots",
    "\\_\\_\\_",
]
TYPED = [unescape(re.sub(r"\\(.)", r"\1", text)) for text in HOSTILE]
BASE = {"place": "end", "objective": 2, "reads": "chart"}
OWN: list[dict[str, Any]] = [
    {
        **BASE,
        "id": "1-hostile",
        "kind": "one",
        "question": "1\\. Which of {term}`these <R&D>` with {fact}`1-papers .0f` and ``a `tick` < b`` fits [](#fig-4-1)"
        "?\n\nFormula $\\frac{a_1}{b} < c * d$.\n\n```\nif a < b & c:\n    print('$x$ </script>')\n```",
        "hint": HOSTILE[1],
        "see": "#tbl-2-plans",
        "choices": [
            {"text": text, "why": f"Because {text}", "right": place == 1} for place, text in enumerate(HOSTILE)
        ],
    },
    {
        **BASE,
        "id": "1-many",
        "kind": "many",
        "question": "Which three of seven, with *stress*, **weight** and [a link](https://office.example/a_(b))?",
        "choices": [{"text": f"Number {n}", "why": "So it is.", "right": n in (1, 4, 6)} for n in range(7)],
    },
    {
        **BASE,
        "id": "1-small",
        "kind": "number",
        "question": "What is one in ten thousand of {year}?",
        "with": {"year": "2003"},
        "cells": {"a": {"dataset": "spending", "where": {"year": "{year}"}, "column": "spent"}},
        "answer": "a / 14 - 1 + 0.5",
        "unit": "%",
        "tolerance": 0.5,
        "why": "So it is.",
        "mistakes": [{"answer": "-a", "why": "The sign is wrong."}],
    },
    {
        **BASE,
        "id": "1-text",
        "kind": "text",
        "question": "Write it.",
        "answers": ["R&D*", "<b>"],
        "mistakes": [{"answers": ["D&R"], "why": "The other way round."}],
        "why": "So it is.",
    },
]


def write_quiz(folder: Path, questions: list[dict[str, Any]], name: str = "1-own") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(yaml.safe_dump({"questions": questions}, allow_unicode=True), encoding="utf-8")
    return folder


def run(folder: Path, out: Path, *options: str, package: Path | None = None) -> int:
    return main([str(folder), str(package or GALLERY / "data/datapackage.json"), str(out), "--least", "0", *options])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery's data package, with a fact beside it."""
    folder = shutil.copytree(GALLERY / "data", tmp_path_factory.mktemp("package") / "data")
    (folder / "facts.csv").write_text("id,value,value_max,unit\n1-papers,455000.4,,papers\n", encoding="utf-8")
    return folder / "datapackage.json"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """The gallery's quiz and our own, exported."""
    folder = write_quiz(tmp_path_factory.mktemp("own") / "quizzes", OWN)
    shutil.copy(GALLERY / "quizzes/all.yml", folder)
    misconceptions = ROOT / "exercises/misconceptions.yml"
    assert run(folder, folder.parent / "lms", "--misconceptions", str(misconceptions), package=data) == 0
    return folder.parent / "lms"


@pytest.fixture(scope="module")
def book() -> dict[str, dict[str, bytes]]:
    """Every chapter's quiz that there is, exported; files by chapter."""
    package, inventory = ROOT / "data/datapackage.json", ROOT / "_build/html/objects.inv"
    known = lms.read_book(package, ROOT / "exercises/misconceptions.yml", inventory)
    chapters, mistakes = lms.read_chapters(ROOT / "exercises/quizzes", package, known)
    export = lms.Export(known)
    for chapter in chapters:
        export.add(chapter)
    assert not mistakes + export.mistakes, "\n".join(mistakes + export.mistakes)
    return {
        chapter.path.stem: {path: text for path, text in export.files.items() if f"/{chapter.path.stem}-" in path}
        for chapter in chapters
    }


# ---- reading what was written ----


def qti(content: bytes) -> ElementTree.Element:
    """The assessment in a QTI zip: the manifest names every file, and each is well-formed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))
        named = [each.get("href") for each in manifest.iter() if each.tag.endswith("}file")]
        assert set(named) == {name for name in archive.namelist() if name.endswith(".xml")} - {"imsmanifest.xml"}
        trees = [ElementTree.fromstring(archive.read(name)) for name in named]
    return next(tree for tree in trees if tree.tag == f"{QTI}questestinterop")


def items(assessment: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {item.get("title", ""): item for item in assessment.iter(f"{QTI}item")}


def field(item: ElementTree.Element, label: str) -> str:
    fields = item.iter(f"{QTI}qtimetadatafield")
    return next(each[1].text or "" for each in fields if each[0].text == label)


def texts(item: ElementTree.Element) -> list[BeautifulSoup]:
    return [BeautifulSoup(each.text or "", "html.parser") for each in item.iter(f"{QTI}mattext")]


def straight(text: str) -> str:
    """As it was typed: Canvas gets curly quotes, dashes and dots, as the pages do."""
    for curly, typed in {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--", "…": "..."}.items():
        text = text.replace(curly, typed)
    return " ".join(text.split())


COMMON = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
COMBINED = ["correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "shownumcorrect"]
ORDERING = ["layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle"]
ESSAY = ["responseformat", "responserequired", "responsefieldlines", "attachments", "attachmentsrequired"]
# Elements by question type, in the order in which Moodle's own export (question/format/xml/format.php) writes them.
ELEMENTS = {
    "multichoice": ["single", "shuffleanswers", "answernumbering", *COMBINED, "answer"],
    "numerical": ["answer"],
    "shortanswer": ["usecase", "answer"],
    "ordering": [*ORDERING, *COMBINED, "answer"],
    "matching": ["shuffleanswers", *COMBINED, "subquestion"],
    "essay": [*ESSAY, "graderinfo", "responsetemplate"],
}
# The fractions that Moodle knows (question/engine/bank.php); it refuses others.
FRACTIONS = [100, 90, 250 / 3, 80, 75, 70, 200 / 3, 60, 50, 40, 100 / 3, 30, 25, 20, 50 / 3, 100 / 7, 12.5, 100 / 9, 10]


def moodle(content: bytes) -> dict[str, ElementTree.Element]:
    """The questions of a Moodle file by id, after holding it to the format; `category` is the list of categories."""
    quiz = ElementTree.fromstring(content)
    assert quiz.tag == "quiz" and quiz[0].get("type") == "category"
    found: dict[str, ElementTree.Element] = {"category": ElementTree.Element("list")}
    for question in quiz:
        assert question.tag == "question"
        kind, tags = question.get("type", ""), list(dict.fromkeys(child.tag for child in question))
        if kind == "category":
            assert tags == ["category", "info", "idnumber"]
            assert (question.findtext("category/text") or "").startswith("$course$/top/")
            found["category"].append(question)
            continue
        assert [tag for tag in tags if tag != "hint"] == [*COMMON, *ELEMENTS[kind], "tags"]
        for child in question.iter():
            if child.get("format") == "html":
                written = child.find("text")
                assert written is not None and not list(written)
                assert not BeautifulSoup(written.text or "", "html.parser").find_all(["script", "b", "style", "img"])
        fractions = [float(each.get("fraction", "")) for each in question.findall("answer")]
        if kind == "ordering":
            assert fractions == list(range(1, len(fractions) + 1)) and len(fractions) > 2
        elif kind == "multichoice":
            assert sum(each for each in fractions if each > 0) == pytest.approx(100)
            single = question.findtext("single") == "true"
            assert (sorted(fractions)[-2:] == [0, 100]) if single else sum(fractions) == pytest.approx(0, abs=0.001)
        elif kind in ("numerical", "shortanswer"):
            assert fractions[0] == 100 and set(fractions) <= {100, 0}
        for fraction in fractions if kind != "ordering" else []:
            assert any(abs(abs(fraction) - known) < 0.001 for known in [0, *FRACTIONS]), fraction
        name = question.findtext("idnumber") or ""
        assert name and name == question.findtext("name/text") and name not in found
        found[name] = question
    assert b"<![CDATA[" in content
    return found


def shown(element: ElementTree.Element | None) -> str:
    """What a reader sees of an element with HTML."""
    assert element is not None
    return " ".join(BeautifulSoup(element.findtext("text") or "", "html.parser").get_text().split())


# ---- every quiz ----


def asked(name: str) -> list[dict[str, Any]]:
    path = GALLERY / "quizzes/all.yml" if name == "all" else ROOT / f"exercises/quizzes/{name}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]


def files_of(name: str, request: pytest.FixtureRequest) -> dict[str, bytes]:
    if name != "all":
        return request.getfixturevalue("book")[name]
    folder: Path = request.getfixturevalue("out")
    paths = [path for path in folder.rglob("all-*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


each = pytest.mark.parametrize("name", ["all", *CHAPTERS])


@each
def test_practice_holds_every_question_but_the_guess(name: str, request: pytest.FixtureRequest) -> None:
    files = files_of(name, request)
    ids = [question["id"] for question in asked(name) if question["kind"] != "guess"]
    assert list(items(qti(files[f"canvas/practice/{name}-practice.zip"]))) == ids
    assert list(moodle(files[f"moodle/practice/{name}-practice.xml"])) == ["category", *ids]
    handout, key = (files[f"paper/practice/{name}-{sheet}.md"].decode() for sheet in ("handout", "key"))
    assert len(re.findall(r"(?m)^\d+\. ", handout)) == len(re.findall(r"(?m)^\d+\. ", key)) == len(ids) + 1
    assert handout.count("Before you read, no points") == 1
    assert "☑" in key and "☑" not in handout and all(f"`{each}`" in key for each in ids)


@each
def test_marked_pools_hold_the_siblings_and_nothing_that_a_page_shows(
    name: str, request: pytest.FixtureRequest
) -> None:
    files = files_of(name, request)
    computed = {question["id"]: question for question in asked(name) if question["kind"] == "number"}
    least = 3 if name == "all" else lms.LEAST
    assessment = qti(files[f"canvas/marked/{name}-marked.zip"])
    groups = assessment.findall(f".//{QTI}section/{QTI}section")
    assert len(groups) == len(computed)
    assert all(group.findtext(f".//{QTI}selection_number") == "1" for group in groups)
    assert all(len(group.findall(f"{QTI}item")) >= least for group in groups)
    marked = moodle(files[f"moodle/marked/{name}-marked.xml"])
    categories = [each.findtext("category/text") or "" for each in marked.pop("category")]
    assert [each.rsplit("/", 1)[1] for each in categories] == list(computed)
    assert all("/Marked/" in each and "/Practice/" not in each for each in categories)
    assert list(items(assessment)) == list(marked)
    practice = moodle(files[f"moodle/practice/{name}-practice.xml"])
    practice.pop("category")
    public = {shown(each.find("questiontext")) for each in practice.values()}
    drawn = Counter(shown(each.find("questiontext")) for each in marked.values())
    assert not public & drawn.keys() and max(drawn.values()) == 1
    assert not {each.get("ident") for each in items(assessment).values()} & {
        each.get("ident") for each in items(qti(files[f"canvas/practice/{name}-practice.zip"])).values()
    }
    key = files[f"paper/marked/{name}-marked-key.md"].decode()
    assert all(f"`{each}`" in key for each in marked)


@each
def test_each_kind_becomes_what_the_guide_says(name: str, request: pytest.FixtureRequest) -> None:
    files = files_of(name, request)
    canvas = items(qti(files[f"canvas/practice/{name}-practice.zip"]))
    xml = moodle(files[f"moodle/practice/{name}-practice.xml"])
    types = {
        "one": ("multiple_choice_question", "multichoice"),
        "many": ("multiple_answers_question", "multichoice"),
        "number": ("numerical_question", "numerical"),
        "text": ("short_answer_question", "shortanswer"),
        "order": ("short_answer_question", "ordering"),
        "open": ("essay_question", "essay"),
    }
    for question in asked(name):
        if question["kind"] == "guess":
            continue
        item, element = canvas[question["id"]], xml[question["id"]]
        assert (field(item, "question_type"), element.get("type")) == types[question["kind"]]
        points = "3" if question["kind"] == "open" else "1"
        assert field(item, "points_possible") == element.findtext("defaultgrade") == points
        said = " ".join(straight(text.get_text()) for text in texts(item))
        for choice in question.get("choices", []):
            plain = re.sub(r"[*`]", "", choice["why"])
            assert " ".join(plain.split()) in said or "{" in plain
        if question["kind"] == "number":
            answers = [answer.findtext("text") for answer in element.findall("answer")]
            assert len(answers) == 1 + len(question.get("mistakes", []))
            assert all(float(answer.findtext("tolerance") or -1) >= 0 for answer in element.findall("answer"))
            assert f"Answer with a number ({question['unit']}).".replace(" ().", ".") in said


def test_pages_show_nothing_of_the_pools(site: Path, book: dict[str, dict[str, bytes]]) -> None:
    questions = [
        shown(element.find("questiontext")).split(" Look it up")[0].split(" Answer with")[0]
        for name, files in book.items()
        for key, element in moodle(files[f"moodle/marked/{name}-marked.xml"]).items()
        if key != "category"
    ]
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    plain = {page: " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split()) for page, text in pages.items()}
    found = [(page.name, question) for page, text in plain.items() for question in questions if question in text]
    assert not found
    assert not [path for path in site.rglob("*") if re.search(r"-(marked|practice|handout|key)\b", path.name)]


# ---- texts ----


def test_every_character_arrives_in_canvas(out: Path) -> None:
    item = items(qti((out / "canvas/practice/1-own-practice.zip").read_bytes()))["1-hostile"]
    question, *rest = texts(item)
    assert straight(question.get_text()).startswith(
        "1. Which of these with 455,000 papers and a `tick` < b fits Figure 4-1 of"
    )
    assert question.find("code").get_text() == "a `tick` < b"
    assert "if a < b & c:\n    print('$x$ </script>')" in question.find("pre").get_text()
    image = question.find("img", class_="equation_image")
    assert image["data-equation-content"] == r"\frac{a_1}{b} < c * d" and "%3C" in image["src"]
    got = [straight(each.get_text()) for each in rest]
    assert got[: len(TYPED)] == [straight(text) for text in TYPED]
    assert [text for text in got if text.startswith("Because")] == [f"Because {straight(text)}" for text in TYPED]
    assert not [each for each in (question, *rest) if each.find_all(["script", "b"])]


def test_every_character_arrives_in_moodle(out: Path) -> None:
    question = moodle((out / "moodle/practice/1-own-practice.xml").read_bytes())["1-hostile"]
    html = question.findtext("questiontext/text") or ""
    assert shown(question.find("questiontext")).startswith(
        "1. Which of these with 455,000 papers and a `tick` < b fits"
    )
    assert r"\(\frac{a_1}{b} &lt; c * d\)" in html and "<pre><code>if a &lt; b &amp; c:" in html
    assert [shown(answer) for answer in question.findall("answer")] == TYPED
    assert shown(question.find("hint")) == TYPED[1]
    assert "What settles it: the table “2 plans” of the book." in shown(question.find("generalfeedback"))


def test_every_character_arrives_on_paper(out: Path) -> None:
    for sheet in ("handout", "key"):
        page = (out / f"paper/practice/1-own-{sheet}.html").read_text(encoding="utf-8")
        soup = BeautifulSoup(page, "html.parser")
        assert (
            not soup.find_all(["script", "b", "img"])
            and "http" not in page.replace("http://www.w3.org/1998/Math", "")[:800]
        )
        assert soup.find("math") and "@media print" in soup.find("style").get_text()
        shown_choices = [" ".join(each.get_text().split()) for each in soup.select("ol > li")[0].select("li")]
        assert len(shown_choices) == len(TYPED)
        assert all(text in choice for text, choice in zip(TYPED, shown_choices, strict=True))
    assert len(BeautifulSoup((out / "paper/practice/all-handout.html").read_text("utf-8"), "html.parser")("hr")) == 11


def test_letter_by_letter_answers(out: Path) -> None:
    canvas = items(qti((out / "canvas/practice/1-own-practice.zip").read_bytes()))
    xml = moodle((out / "moodle/practice/1-own-practice.xml").read_bytes())
    wanted = [each.text for each in canvas["1-text"].iter(f"{QTI}varequal")]
    assert wanted == ["R&D*", "R D", "<b>", "b"]
    answers = [(each.findtext("text"), each.get("fraction")) for each in xml["1-text"].findall("answer")]
    assert answers[:4] == [("R&D\\*", "100"), ("R D", "100"), ("<b>", "100"), ("b", "100")]
    assert [fraction for _, fraction in answers[4:]] == ["0", "0"] and xml["1-text"].findtext("usecase") == "0"
    letters = {
        each.text
        for each in items(qti((out / "canvas/practice/all-practice.zip").read_bytes()))["g-order"].iter(
            f"{QTI}varequal"
        )
    }
    assert letters == {"CBA", "C B A", "C, B, A", "C,B,A"}


def test_numbers_and_common_mistakes(out: Path) -> None:
    xml = moodle((out / "moodle/practice/all-practice.xml").read_bytes())["g-number"]
    first, mistake = xml.findall("answer")
    assert (first.findtext("text"), first.findtext("tolerance")) == ("3800", "38")
    assert (mistake.findtext("text"), mistake.get("fraction")) == ("52", "0")
    assert shown(mistake.find("feedback")) == "That is the sum of all years; one year is asked for."
    item = items(qti((out / "canvas/practice/all-practice.zip").read_bytes()))["g-number"]
    assert {float(each.text or 0) for each in item.iter(f"{QTI}vargte")} == {3762}
    assert "If you wrote 52 USD million: That is the sum" in " ".join(each.get_text() for each in texts(item))
    near_zero = items(qti((out / "canvas/practice/1-own-practice.zip").read_bytes()))["1-small"]
    assert [float(each.text or 0) for each in near_zero.iter(f"{QTI}vargte")] == [0.0001], "Canvas takes no zero"
    key = (out / "paper/practice/all-key.md").read_text(encoding="utf-8")
    assert "**Answer:** 3,800 USD million, give or take 38 USD million" in key
    assert "*A part added to its whole.* Layers that overlap must not be summed." in key


def test_links_lead_to_the_site_when_there_is_one() -> None:
    labels = {
        "fig-4-1": ("chapters/4.html#fig-4-1", "Redrawn."),
        "fig-4-log": ("chapters/4.html#fig-4-log", "Growth, twice. More."),
    }
    plain, online = Words(Book(labels=labels)), Words(Book(labels=labels, site="https://office.example/"))
    assert plain.html("[](#fig-4-1) and [it](#fig-4-log)") == (
        "<p>Figure 4-1 of the book and it (the figure “Growth, twice” of the book)</p>"
    )
    link = '<a href="https://office.example/chapters/4.html#fig-4-1">Figure 4-1 of the book</a>'
    assert online.html("[](#fig-4-1), [](#no-such)") == f"<p>{link}, the section “no such” of the book</p>"
    assert online.markdown("[it](#fig-4-log)", COMMONMARK).startswith("[it (the figure")
    assert plain.html("[双循环]{lang=zh-Hans} {zh}`国` {number}`two <ours>` ![a map](m.png)") == (
        '<p><span lang="zh-Hans">双循环</span> 国 two [picture: a map]</p>'
    )


# ---- mistakes ----

ONE = OWN[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"question": "See {cite:p}`x2020`."}, "1-many: the role {cite:p} has no words outside the book; write out"),
        ({"question": "See {fact}`1-none`."}, "1-many: no fact has the id '1-none'"),
        ({"question": "```{note}\nx\n```"}, "1-many: a directive {note} has no place in a question; write"),
        ({"question": "| a | b |\n|---|---|\n| 1 | 2 |"}, "1-many: a table has no place in a question; write"),
        (
            {"choices": [{"text": "x", "why": "y", "right": True}] * 2},
            "1-many: text2qti does not take it: Duplicate choice",
        ),
        ({"choices": [{"text": f"{n}", "why": "y", "right": n > 0} for n in range(12)]}, "11 choices share the points"),
        ({"kind": "none"}, "1-many: kind: 'none'; there are one, many"),
        ({**OWN[2], "id": "1-many", "answer": "a * 0"}, "1-many: the answer is 0; Canvas takes none nearer to zero"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_written(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    question = change if change.get("kind") == "number" else {**ONE, **change}
    folder = write_quiz(tmp_path / "quizzes", [question])
    assert run(folder, tmp_path / "lms", package=data) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2 and lines[0].startswith("1-own.yml, question ") and said in lines[0]
    assert lines[1] == "Nothing was written." and not (tmp_path / "lms").exists()


def test_a_mistake_leaves_the_last_export_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = write_quiz(tmp_path / "quizzes", [ONE]), tmp_path / "lms"
    assert run(folder, out) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert {"canvas.zip", "moodle.zip", "paper.zip"} <= {path.name for path in before}
    with zipfile.ZipFile(out / "moodle.zip") as archive:
        assert archive.namelist() == ["moodle/practice/1-own-practice.xml"], (
            "no marked file without a computed question"
        )
    write_quiz(folder, [{**ONE, "id": "2-many", "question": "{ref}`x` {cite}`y`"}, {**ONE, "kind": "x"}], "2-own")
    write_quiz(folder, [{**ONE, "kind": "x"}], "3-own")
    assert run(folder, out) == 1 and len(capsys.readouterr().err.splitlines()) == 3, (
        "one line for each file, and the last"
    )
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("quizzes", "lms")] == []


def test_a_small_pool_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(GALLERY / "quizzes", tmp_path / "quizzes")
    assert run(tmp_path / "quizzes", tmp_path / "lms", "--least", "5") == 1
    said = "all.yml, question g-number: siblings: 3 that no page shows; a pool takes at least 5: name other entities"
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("place", ["_build/html/lms", "site/lms", "full"])
def test_marked_pools_go_to_no_site_and_over_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/objects.inv").touch()
    assert run(write_quiz(tmp_path / "quizzes", [ONE]), tmp_path / place) == 1
    assert re.search(r"is published|holds thesis.txt", capsys.readouterr().err)
    assert not list(tmp_path.rglob("*.zip")) and (tmp_path / "full/thesis.txt").exists()


def test_no_quiz_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "quizzes").mkdir()
    assert run(tmp_path / "quizzes", tmp_path / "lms") == 1
    assert "holds no file of questions" in capsys.readouterr().err


def test_orders_for_an_old_moodle(tmp_path: Path) -> None:
    shutil.copytree(GALLERY / "quizzes", tmp_path / "quizzes")
    assert run(tmp_path / "quizzes", tmp_path / "lms", "--matching") == 0
    order = moodle((tmp_path / "lms/moodle/practice/all-practice.xml").read_bytes())["g-order"]
    assert order.get("type") == "matching"
    pairs = [(shown(pair), pair.findtext("answer/text")) for pair in order.findall("subquestion")]
    assert pairs == [("speech", "1"), ("proposal", "2"), ("plan", "3")]


def test_equal_content_gives_equal_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        assert run(write_quiz(tmp_path / "quizzes", [ONE]), tmp_path / name) == 0
    assert (tmp_path / "first/moodle.zip").read_bytes() == (tmp_path / "second/moodle.zip").read_bytes()


def test_the_guide_says_what_is_lost() -> None:
    guide = (ROOT / "instructor/lms.md").read_text(encoding="utf-8")
    assert lms.table() in guide, f"instructor/lms.md needs this table:\n\n{lms.table()}"


def test_an_unknown_role_is_an_lms_error() -> None:
    with pytest.raises(LmsError, match="glue"):
        Words(Book()).html("{glue:text}`x`")

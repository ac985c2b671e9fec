"""Notebooks made of pages: prose without directives, code as written, the same bytes and ids each time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from docutils import nodes

from coursebook.archives import write_zip
from coursebook.markdown import Prose
from coursebook.notebooks import data_archive, launch_links, main, notebook

SOURCE = """---
kernelspec: {name: python3, display_name: Python 3}
---
# Title

```{code-cell} python
:tags: [remove-cell]
hidden = 1
```

Text.

```{code-cell} python
:tags: [hide-input]
shown = hidden + 1
```

```{code-cell} python
shown
```
"""


def cell(place: int, *output: nodes.Node) -> nodes.container:
    return nodes.container("", *output, nb_element="cell_code", cell_index=place)


def page() -> nodes.document:
    from docutils.utils import new_document

    link = nodes.reference("", "below", refid="fig")
    outside = nodes.reference("", "site", refuri="https://example.org")
    figure = nodes.figure("", nodes.caption("", "Caption."))
    section = nodes.section(
        "",
        nodes.title("", "Title"),
        nodes.paragraph("", "", nodes.Text("See "), link, nodes.Text(" and "), outside, nodes.Text(", $5.")),
        cell(3, figure),
        nodes.section("", nodes.title("", "Part"), nodes.admonition("", nodes.title("", "Note"), cell(4))),
    )
    document = new_document("page")
    document += section
    return document


def cells(**options: str) -> list[dict]:
    return json.loads(notebook(page(), SOURCE, "chapters/page.html", **options))["cells"]


def test_a_notebook_has_prose_and_all_code_in_order() -> None:
    found = [(each["cell_type"], each["source"]) for each in cells()]
    assert found == [
        ("markdown", "# Title\n\nSee below and [site](https://example.org), \\$5."),
        ("code", "hidden = 1"),
        ("code", "shown = hidden + 1"),
        ("markdown", "*Caption.*"),
        ("markdown", "## Part\n\n**Note**"),
        ("code", "shown"),
    ]


def test_links_lead_to_the_site_where_there_is_one() -> None:
    text = cells(site="https://example.edu/book/", note="From {page}.")
    assert text[0]["source"] == "From https://example.edu/book/chapters/page.html."
    assert "[below](https://example.edu/book/chapters/page.html#fig)" in text[1]["source"]


def test_a_notebook_is_valid_and_the_same_each_time() -> None:
    text = notebook(page(), SOURCE, "chapters/page.html")
    assert text == notebook(page(), SOURCE, "chapters/page.html")
    nbformat.validate(json.loads(text))
    assert all(not each.get("outputs") for each in json.loads(text)["cells"])


def test_an_id_stays_when_another_cell_changes() -> None:
    before = {each["source"]: each["id"] for each in cells()}
    changed = json.loads(notebook(page(), SOURCE.replace("hidden = 1", "hidden = 2"), "chapters/page.html"))["cells"]
    after = {each["source"]: each["id"] for each in changed}
    assert {source for source in before if before[source] != after.get(source)} == {"hidden = 1"}
    twice = json.loads(notebook(page(), SOURCE.replace("hidden = 1", "shown"), "chapters/page.html"))["cells"]
    assert len({each["id"] for each in twice}) == len(twice)


def test_a_cell_that_draws_a_figure_is_called_as_the_figure() -> None:
    def ids(name: str) -> list[str]:
        figure = f"mystnb: {{figure: {{name: '{name}'}}}}\n---"
        source = SOURCE.replace(":tags: [hide-input]", f"---\ntags: [hide-input]\n{figure}")
        return [each["id"] for each in json.loads(notebook(page(), source, "chapters/page.html"))["cells"]]

    assert ids("fig-1")[2] == "fig-1" and len(set(ids("fig-1"))) == len(ids("fig-1"))
    assert ids("fig:1")[2] != "fig:1", "a notebook takes no such id"


def test_copies_are_made_once_and_what_was_changed_is_kept_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, lab = tmp_path / "book", tmp_path / "lab"
    assert main([str(book), str(lab)]) == 1
    assert "build the book first" in capsys.readouterr().err and not lab.exists()
    book.mkdir()
    for name in ("1.ipynb", "2.ipynb"):
        (book / name).write_text("{}", encoding="utf-8")
    assert main([str(book), str(lab)]) == 0
    assert capsys.readouterr().out == ""
    (lab / "2.ipynb").write_text("mine", encoding="utf-8")
    assert main([str(book), str(lab)]) == 0
    assert (lab / "2.ipynb").read_text(encoding="utf-8") == "mine"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"Kept your {lab / '2.ipynb'}.")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (nodes.paragraph("", "", nodes.emphasis("", "a"), nodes.Text(" b_c *d* [e]")), r"*a* b_c \*d\* \[e\]"),
        (nodes.literal_block("", "x = 1\n", language="python"), "```python\nx = 1\n```"),
        (
            nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "a"), nodes.paragraph("", "b"))),
            "- a\n  \n  b",
        ),
        (
            nodes.enumerated_list("", nodes.list_item("", nodes.paragraph("", "a")), start=3),
            "3. a",
        ),
        (nodes.note("", nodes.paragraph("", "a")), "> **Note**\n>\n> a"),
        (nodes.math_block("", "x^2"), "$$\nx^2\n$$"),
        (nodes.comment("", "no"), ""),
    ],
)
def test_blocks_become_plain_markdown(node: nodes.Node, text: str) -> None:
    assert Prose("page.html").block(node) == text


def test_a_table_becomes_a_pipe_table() -> None:
    def row(*texts: str) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))

    group = nodes.tgroup("", nodes.thead("", row("a", "b|c")), nodes.tbody("", row("1", "2")))
    assert Prose("page.html").block(nodes.table("", group)) == "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |"


def test_the_data_of_a_page_come_with_their_description(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a", "b"):
        (data / f"{name}.csv").write_text("x\n1\n", encoding="utf-8")
    keys = [{"fields": ["x"], "reference": {"resource": "b", "fields": ["x"]}}]
    package = {
        "name": "p",
        "resources": [
            {"name": "a", "path": "a.csv", "schema": {"fields": [], "foreignKeys": keys}},
            {"name": "b", "path": "b.csv"},
        ],
    }
    for name in ("one.zip", "two.zip"):
        data_archive([data / "a.csv"], data, package, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["a.csv", "datapackage.json"]
        described = json.loads(archive.read("datapackage.json"))
    assert [each["name"] for each in described["resources"]] == ["a"]
    assert described["resources"][0]["schema"]["foreignKeys"] == [], "no key may lead out of the archive"
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert package["resources"][0]["schema"]["foreignKeys"] == keys, "the caller's package is left alone"


def test_a_zip_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.zip"
    write_zip(target, {"b": b"2", "a": b"1"})
    write_zip(target, {"c": b"3"})
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["c"]
    assert [path.name for path in target.parent.iterdir()] == ["a.zip"]


def test_empty_places_to_run_a_page_are_left_out() -> None:
    places = {"Hub": "https://hub.example.edu/git-pull?urlpath=lab/tree/book/{file}", "Binder": "", "Kit": "{page}"}
    assert launch_links(places, "chapters/1-x", ".md") == {
        "Hub": "https://hub.example.edu/git-pull?urlpath=lab/tree/book/chapters/1-x.md",
        "Kit": "chapters/1-x",
    }
    assert launch_links({**places, "Whole": "https://hub.example.edu"}) == {"Whole": "https://hub.example.edu"}

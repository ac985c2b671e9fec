"""The PDF of the whole book: pages, bookmarks, tags with the descriptions of charts, fonts, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from coursebook.pdf.__main__ import main
from coursebook.pdf.document import DocumentError, page_order

WITHOUT = ["reference/data", "reference/facts", "reference/corrections", "reference/timeline", "reference/coursebook"]


@pytest.fixture(scope="module")
def pdf(root: Path, site: Path, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    """The book, printed."""
    out = tmp_path_factory.mktemp("pdf") / "book.pdf"
    assert main([str(root), str(out), "--without", *WITHOUT]) == 0
    return PdfReader(BytesIO(out.read_bytes()))


def tags(element: Any) -> Iterator[Any]:
    """Every structure element under one."""
    element = element.get_object()
    if isinstance(element, list):
        for each in element:
            yield from tags(each)
    elif hasattr(element, "get") and element.get("/Type") != "/MCR":
        yield element
        if element.get("/K") is not None:
            yield from tags(element["/K"])


@pytest.mark.slow
def test_bookmarks_lead_to_the_pages_that_the_contents_name(pdf: PdfReader, root: Path) -> None:
    chapters = [each for each in pdf.outline if not isinstance(each, list)]
    titles = [
        re.search(r"^# (.+)$", path.read_text("utf-8"), re.M)[1] for path in sorted((root / "chapters").glob("*.md"))
    ]
    assert [each.title for each in chapters][1 : len(titles) + 1] == titles
    contents = " ".join(pdf.pages[number].extract_text() for number in range(2, 6))
    for chapter in chapters[1 : len(titles) + 1]:
        page = pdf.get_destination_page_number(chapter)
        assert chapter.title.split()[0] in pdf.pages[page].extract_text()[:200]
        assert re.search(rf"{re.escape(chapter.title)}\s*{page + 1}\b", contents), (chapter.title, page + 1)
    assert 120 < len(pdf.pages) < 400


@pytest.mark.slow
def test_every_chart_is_a_figure_with_its_description(pdf: PdfReader, site: Path) -> None:
    pages = [site / "intro.html", *sorted((site / "chapters").glob("*.html"))]
    charts = sum(page.read_text(encoding="utf-8").count('class="altair-chart ') for page in pages)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en" and pdf.metadata.title == "Dual Circulation in Data"
    described = [
        each["/Alt"] for each in tags(root["/StructTreeRoot"]["/K"]) if each.get("/S") == "/Figure" and "/Alt" in each
    ]
    assert len(described) >= charts > 90
    assert any("China rises from" in text for text in described)


@pytest.mark.slow
def test_text_is_text_and_fonts_are_in_the_file(pdf: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "RMB 2.4393 trillion" in text and "双循环" in text and "Bibliography" in text
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        described = [each.get_object().get("/FontDescriptor") for each in font.get("/DescendantFonts", [])]
        inside = [file for each in described for file in ("/FontFile2", "/FontFile3") if file in each]
        assert font["/Subtype"] == "/Type3" or inside, font


@pytest.mark.slow
def test_answers_come_after_their_chapter(pdf: PdfReader) -> None:
    text = [page.extract_text() for page in pdf.pages]
    asked = next(number for number, page in enumerate(text) if "Is China catching up?" in page)
    answer = next(number for number, page in enumerate(text) if "Catching up is not" in page)
    assert answer > asked + 3 and re.search(r"Answer, page \d+", text[asked])


def test_a_page_that_the_book_does_not_have_cannot_be_left_out(root: Path) -> None:
    with pytest.raises(DocumentError, match="has no page reference/nothing"):
        page_order(root / "_toc.yml", {"reference/nothing"})


def test_no_browser_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("coursebook.chromium.find", lambda: None)
    assert main([".", "book.pdf"]) == 2
    assert "apt-get install chromium" in capsys.readouterr().err


def test_a_book_that_is_not_built_is_said_in_one_line(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_config.yml").write_text("title: Small", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: start", encoding="utf-8")
    assert main([str(tmp_path), str(tmp_path / "book.pdf")]) == 1
    assert "build the book first" in capsys.readouterr().err and not (tmp_path / "book.pdf").exists()

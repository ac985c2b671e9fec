"""Descriptions, the page for lost addresses, the site map, reports of mistakes and the date of an edition."""

from __future__ import annotations

import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from docutils import nodes

from coursebook import edition, head, mistakes, notfound


def document(*paragraphs: str) -> nodes.document:
    """A document with one section of these paragraphs."""
    doctree = nodes.document(None, None)
    doctree += nodes.section("", nodes.title("", "Title"), *(nodes.paragraph("", text) for text in paragraphs))
    return doctree


def test_a_description_is_the_first_sentences_that_fit() -> None:
    long = "This sentence stays within what fits and says enough. " + "The next one is too long " * 10 + "to fit."
    assert head.description(document("After this chapter you can", long)) == long.split(". ")[0] + "."
    assert head.description(document("No full stop here")) == ""
    cut = head.description(document("word " * 60 + "end."))
    assert len(cut) <= 202 and cut.endswith("word …")


def test_a_description_leaves_out_what_is_cited_and_what_is_not_the_page_s_own_text() -> None:
    doctree = document("Eight studies ", "More.")
    cited = nodes.inline("", "[JST, 2025]", classes=["bibtex-citation"])
    doctree[0][1] += [cited, nodes.Text(", turned into data.")]
    doctree[0].insert(1, nodes.admonition("", nodes.paragraph("", "An aside. With two sentences.")))
    assert head.description(doctree) == "Eight studies, turned into data."
    assert "[JST, 2025]" in doctree.astext(), "the page itself keeps the citation"


def test_addresses_of_the_lost_page_start_at_the_top_of_the_site() -> None:
    page = (
        '<html data-content_root="./"><a href="#main"></a><a href="a/b.html"><img src="https://x.org/y">'
        '<form action="search.html">'
    )
    made = notfound.absolute(page, "https://example.org/book/")
    assert (
        'data-content_root="/book/"' in made
        and 'href="/book/a/b.html"' in made
        and 'action="/book/search.html"' in made
    )
    assert 'href="#main"' in made and 'src="https://x.org/y"' in made
    assert notfound.absolute(made, "https://example.org/book") == made, "doing it twice changes nothing"


def test_the_site_map_is_xml_in_order() -> None:
    made = notfound.sitemap("https://example.org/book/", ["b.html", "a & b.html"])
    found = [each.text for each in ElementTree.fromstring(made.encode()).findall(".//{*}loc")]
    assert found == ["https://example.org/book/a & b.html", "https://example.org/book/b.html"]


@pytest.mark.parametrize(
    "template",
    ["mailto:a@example.org?subject={subject}&body={body}", "https://example.org/new?title={subject}&body={body}"],
)
def test_a_report_says_what_it_is_about(template: str) -> None:
    link = mistakes.address(
        template, "Mistake in: R&D?", {"Dataset": "figure-4-1", "Row": "", "Printed": "2.44 & more"}
    )
    words = parse_qs(urlsplit(link).query)
    assert next(words[key] for key in ("subject", "title") if key in words) == ["Mistake in: R&D?"]
    lines = words["body"][0].splitlines()
    assert lines[:2] == ["Dataset: figure-4-1", "Printed: 2.44 & more"] and not any("Row" in line for line in lines)
    assert mistakes.address("", "x", {}) == ""


def test_the_date_is_that_of_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert edition.date_of(tmp_path) is None, "no history, no date"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790553600")
    date = edition.date_of(tmp_path)
    assert date == datetime.datetime(2026, 9, 28, tzinfo=datetime.UTC)
    assert edition.line("1.2", date) == "Version 1.2, 28 September 2026"
    assert edition.line("1.2", None) == "Version 1.2"


def test_the_date_is_english_wherever_the_book_is_built() -> None:
    class Elsewhere(datetime.datetime):
        """A date in another locale: those of a machine differ, and setting one would reach other tests."""

        def strftime(self, format: str) -> str:
            return "septembre"

    assert edition.line("1.2", Elsewhere(2026, 9, 28)) == "Version 1.2, 28 September 2026"
    assert edition.line("1.2", Elsewhere(2026, 12, 1)) == "Version 1.2, 1 December 2026"
    assert edition.line("1.2", Elsewhere(2026, 1, 31)) == "Version 1.2, 31 January 2026"

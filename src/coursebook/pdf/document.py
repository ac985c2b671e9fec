"""The pages of a built site as one HTML document for print: one set of ids, contents, answers after each chapter."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

import yaml
from bs4 import BeautifulSoup, Tag
from sphinx_external_toc.parsing import parse_toc_yaml

_STATIC = Path(__file__).parent.parent / "static"
#: What only a screen can use, and what a page holds twice.
_SCREEN_ONLY = (
    "script, .headerlink, .altair-narrow, .altair-parts, .altair-control, .register-filters, .table-source,"
    " .above-input, .selfcheck-tools, .selfcheck-feedback, .selfcheck-hint, .selfcheck-recall, .selfcheck button"
)
_FOLDED = ".admonition.dropdown, details.selfcheck-answer"
_REFERRING = ("for", "aria-labelledby", "aria-describedby", "headers")
_ADDRESS = re.compile(r"[a-z]+:")


class DocumentError(ValueError):
    """The book cannot be put together; the message says what is missing."""


@dataclass(frozen=True)
class Page:
    """A page of the book: its document name, and the caption of the part that begins with it."""

    name: str
    part: str = ""

    @property
    def anchor(self) -> str:
        """Id of the page in the document; also what its own ids begin with."""
        return re.sub(r"[^\w-]+", "-", self.name)


@dataclass(frozen=True)
class Heading:
    """A line of the contents: 1 for a page, 2 for a section; `part` begins with it."""

    level: int
    text: str
    anchor: str
    part: str = ""


@dataclass(frozen=True)
class Document:
    """The book for print: its HTML, its title and author, and its headings in order."""

    html: str
    title: str
    author: str
    headings: list[Heading]


def page_order(toc: Path, without: set[str]) -> list[Page]:
    """Pages in reading order, the root first.

    Args:
        toc: `_toc.yml` of the book.
        without: names of documents to leave out.

    Raises:
        DocumentError: a name to leave out is none of the book's, or is its root.
    """
    site_map = parse_toc_yaml(toc)
    root = Page(site_map.root.docname)
    found = list(_below(site_map, root.name))
    if unknown := without - {page.name for page in found}:
        raise DocumentError(f"{toc} has no page {', '.join(sorted(unknown))} under its root that could be left out")
    return [root, *(page for page in found if page.name not in without)]


def _below(site_map: Any, name: str) -> Iterator[Page]:
    for tree in site_map[name].subtrees:
        caption = tree.caption or ""
        for child in tree.items:
            if child in site_map:  # not an address of another site
                yield Page(str(child), caption)
                caption = ""
                yield from _below(site_map, child)


def assemble(book: Path, site: Path, folder: Path, without: set[str]) -> Document:
    """The whole book as one HTML document.

    Args:
        book: folder with `_config.yml` and `_toc.yml`.
        site: its built site.
        folder: where the document will stand; addresses of pictures and style sheets start there.
        without: names of documents to leave out; links to them lead to `html.baseurl`, or are plain text without one.

    Raises:
        DocumentError: a page is not built, or one to leave out does not exist.
    """
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    pages = page_order(book / "_toc.yml", without)
    links = _Links(pages, (config.get("html") or {}).get("baseurl") or "", os.path.relpath(site, folder))
    sheets: dict[str, None] = {}
    articles, foot = [], None
    for page in pages:
        soup = _built(site / f"{page.name}.html")
        foot = foot or soup.select_one(".extra_footer")
        for link in soup.select('head link[rel="stylesheet"]:not([media="print"])'):
            sheets[links.file(page, link["href"].partition("?")[0])] = None
        article = soup.select_one("article")
        for part in article.select(_SCREEN_ONLY):
            part.decompose()
        _put_on_paper(article, soup)
        _collect_answers(article, soup)
        links.readdress(article, page)
        article["id"] = page.anchor
        articles.append(article)
    title, author = str(config.get("title") or ""), str(config.get("author") or "")
    headings = [heading for page, article in zip(pages, articles, strict=True) for heading in _headings(page, article)]
    left_out = [_title(site / f"{name}.html") for name in sorted(without)]
    first, *others = [str(article) for article in articles]
    language = ((config.get("sphinx") or {}).get("config") or {}).get("language") or "en"
    html = (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}" data-theme="light">\n<head><meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{''.join(map(_sheet, sheets))}"
        f"<style>{''.join((_STATIC / name).read_text('utf-8') for name in ('print.css', 'pdf.css'))}</style></head>\n"
        f'<body><main class="bd-main">\n{cover(title, author, foot)}\n'
        f"{first}\n{contents(headings, left_out)}\n{''.join(others)}</main></body></html>\n"
    )
    return Document(html, title, author, headings)


def _built(path: Path) -> BeautifulSoup:
    if not path.is_file():
        raise DocumentError(f"{path} is not there: build the book first")
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _title(path: Path) -> str:
    """Title of a built page, without the book's."""
    found = (
        re.search(r"<title>(.*?)(?: &#8212; .*)?</title>", path.read_text(encoding="utf-8")) if path.is_file() else None
    )
    return found[1] if found else path.stem


def _sheet(address: str) -> str:
    return f'<link rel="stylesheet" href="{escape(quote(address))}">\n'


def _put_on_paper(article: Tag, soup: BeautifulSoup) -> None:
    """Leave out cells of which nothing remains; give questions boxes to tick and lines to write on."""
    for cell in article.select(".cell"):
        if not cell.get_text(strip=True) and cell.find(["svg", "img"]) is None:
            cell.decompose()
    for control in article.select(".selfcheck :is(input, textarea, select)"):
        kind = control.get("type", "text") if control.name == "input" else control.name
        control.replace_with(soup.new_tag("span", attrs={"class": f"pdf-control pdf-{kind}"}))


def _collect_answers(article: Tag, soup: BeautifulSoup) -> None:
    """What is folded on the page goes behind the chapter, so that a reader can think first."""
    folded = [each for each in article.select(_FOLDED) if each.find_parent(_is_folded) is None]
    if not folded:
        return
    section = soup.new_tag("section", attrs={"class": "pdf-answers", "id": "pdf-answers"})
    section.append(_parsed("<h2>Answers</h2>"))
    for number, each in enumerate(folded, start=1):
        title = each.find(["summary", "p"])
        words = escape(f"{number}. {_text(title)}")
        title.decompose()
        here, there = f"pdf-to-{number}", f"pdf-answer-{number}"
        each.replace_with(
            _parsed(f'<p class="pdf-see" id="{here}"><a href="#{there}">{words}</a>, page {_page_of(there)}</p>')
        )
        section.append(
            _parsed(f'<p class="pdf-answer-head" id="{there}">{words} <a class="pdf-back" href="#{here}">back</a></p>')
        )
        each.name, each["class"] = "div", ["pdf-answer-body"]
        section.append(each)
    (article.find("section") or article).append(section)


def _is_folded(tag: Tag) -> bool:
    classes = tag.get("class") or []
    return {"admonition", "dropdown"} <= set(classes) or "selfcheck-answer" in classes


def _parsed(html: str) -> Tag:
    return BeautifulSoup(html, "html.parser").find()  # type: ignore[return-value]


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _page_of(anchor: str) -> str:
    """An empty place for the number of the page on which an id stands."""
    return f'<span class="pdf-page" data-page-of="{escape(anchor)}"></span>'


class _Links:
    """Makes ids those of one document, lets links lead inside it, and finds files from the document's folder."""

    def __init__(self, pages: list[Page], address: str, site: str) -> None:
        self.anchors = {page.name: page.anchor for page in pages}
        self.anchors.setdefault("index", pages[0].anchor)  # Jupyter Book writes the root under this name as well
        self.address, self.site = address, site.replace(os.sep, "/")

    def file(self, page: Page, address: str) -> str:
        """Address of a page's picture or style sheet, seen from the document."""
        return posixpath.normpath(posixpath.join(self.site, posixpath.dirname(page.name), unquote(address)))

    def readdress(self, article: Tag, page: Page) -> None:
        """Rewrite every id and address of a page."""
        for tag in article.find_all(True):
            for name, value in list(tag.attrs.items()):
                if name in ("id", "data-page-of"):
                    tag[name] = f"{page.anchor}--{value}"
                elif name in _REFERRING:
                    tag[name] = " ".join(f"{page.anchor}--{each}" for each in str(value).split())
                elif name == "src" and not _ADDRESS.match(value):
                    tag[name] = quote(self.file(page, value))
                elif "url(#" in value:  # clips and gradients of drawings
                    tag[name] = value.replace("url(#", f"url(#{page.anchor}--")
                elif name in ("href", "xlink:href") and not _ADDRESS.match(value):
                    self._lead(tag, name, page)

    def _lead(self, tag: Tag, name: str, page: Page) -> None:
        """Inside the document where the target is in it, else to the site, else nowhere."""
        path, _, anchor = str(tag[name]).partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)) if path else f"{page.name}.html"
        inside = self.anchors.get(unquote(target).removesuffix(".html"))
        if inside is not None:
            tag[name] = f"#{inside}--{anchor}" if anchor else f"#{inside}"
        elif self.address:
            tag[name] = urljoin(f"{self.address.rstrip('/')}/", target) + (f"#{anchor}" if anchor else "")
        else:
            tag.unwrap()


def _headings(page: Page, article: Tag) -> Iterator[Heading]:
    for head in article.find_all(["h1", "h2"]):
        section = head.find_parent("section")
        anchor = page.anchor if head.name == "h1" or section is None else str(section["id"])
        yield Heading(int(head.name[1]), _text(head), anchor, page.part if head.name == "h1" else "")


def cover(title: str, author: str, foot: Tag | None) -> str:
    """The first page: title, author, and what stands at the foot of every page of the site."""
    return (
        f'<section class="pdf-cover"><p class="pdf-title">{escape(title)}</p><p class="pdf-author">{escape(author)}</p>'
        f"{foot or ''}</section>"
    )


def contents(headings: list[Heading], left_out: list[str]) -> str:
    """Pages and their sections, each with an empty place for the number of its page, and what is only on the site."""
    lines = []
    for heading in headings:
        if heading.part:
            lines.append(f'<p class="pdf-part">{escape(heading.part)}</p>')
        lines.append(
            f'<p class="pdf-level-{heading.level}"><a href="#{heading.anchor}">{escape(heading.text)}</a>'
            f"{_page_of(heading.anchor)}</p>"
        )
    if left_out:
        lines.append(f'<p class="pdf-left-out">Only on the site: {"; ".join(left_out)}.</p>')
    return f'<nav class="bd-article pdf-contents" aria-label="Contents"><h1>Contents</h1>{"".join(lines)}</nav>'

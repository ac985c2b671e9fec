"""The pages of a built site as one HTML document for print: one set of ids, contents, answers after each chapter."""

from __future__ import annotations

import copy
import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import yaml
from bs4 import BeautifulSoup, Tag
from sphinx_external_toc.parsing import parse_toc_yaml

_STATIC = Path(__file__).parent.parent / "static"
#: What only a screen can use, and what a page shows twice.
_SCREEN_ONLY = (
    "script, .headerlink, .altair-narrow, .altair-parts, .altair-control, .register-filters, .table-source,"
    " .above-input, .selfcheck-tools, .selfcheck-feedback, .selfcheck-hint, .selfcheck-recall, .d-print-none"
)
_FOLDED = ".admonition.dropdown, details.selfcheck-answer"
_REFERRING = ("for", "aria-labelledby", "aria-describedby", "headers")


class DocumentError(ValueError):
    """The book cannot be put together; the message says what is missing."""


@dataclass(frozen=True)
class Page:
    """A page of the book: its document name, and the caption of the part that begins with it."""

    name: str
    part: str = ""

    @property
    def anchor(self) -> str:
        """Where the page begins in the document; also what its ids begin with."""
        return re.sub(r"[^\w-]+", "-", self.name)


def page_order(toc: Path, without: set[str]) -> list[Page]:
    """Pages in reading order.

    Args:
        toc: `_toc.yml` of the book.
        without: document names to leave out.

    Raises:
        DocumentError: a name to leave out is none of the book's.
    """
    site_map = parse_toc_yaml(toc)
    found = [Page(site_map.root.docname), *_below(site_map, site_map.root.docname)]
    if unknown := without - {page.name for page in found}:
        raise DocumentError(f"{toc.name} names no page {', '.join(sorted(unknown))}")
    return [page for page in found if page.name not in without]


def _below(site_map: object, name: str) -> Iterator[Page]:
    for tree in site_map[name].subtrees:  # type: ignore[index]
        for place, child in enumerate(item for item in tree.items if item in site_map):  # type: ignore[operator]
            yield Page(child, tree.caption or "" if place == 0 else "")
            yield from _below(site_map, child)


def assemble(book: Path, html: Path, target: Path, without: set[str]) -> str:
    """The whole book as one HTML document.

    Args:
        book: folder with `_config.yml` and `_toc.yml`.
        html: the built site.
        target: folder in which the document will stand; addresses of pictures and style sheets start there.
        without: names of documents to leave out; links to them lead to the site, or nowhere without `html.baseurl`.

    Raises:
        DocumentError: a page is not built, or one to leave out does not exist.
    """
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    pages = page_order(book / "_toc.yml", without)
    address = (config.get("html") or {}).get("baseurl") or ""
    names = {page.name for page in pages}
    sheets: dict[str, None] = {}
    articles = []
    for page in pages:
        path = html / f"{page.name}.html"
        if not path.is_file():
            raise DocumentError(f"{path} is not there: build the book first")
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        place = posixpath.dirname(page.name)
        for link in soup.select('head link[rel="stylesheet"]'):
            sheets[posixpath.normpath(posixpath.join(place, link["href"].partition("?")[0]))] = None
        article = soup.select_one("article")
        _prepare(article, soup, page)
        _readdress(article, page, names, address, os.path.relpath(html, target).replace(os.sep, "/"))
        articles.append(article)
    title, author = str(config.get("title", "")), str(config.get("author", ""))
    _title_page(articles[0], title, author)
    before, *after = (_section(page, article) for page, article in zip(pages, articles, strict=True))
    relative = os.path.relpath(html, target).replace(os.sep, "/")
    links = "".join(f'<link rel="stylesheet" href="{escape(quote(f"{relative}/{sheet}"))}">\n' for sheet in sheets)
    style = "".join((_STATIC / name).read_text(encoding="utf-8") for name in ("print.css", "pdf.css"))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(_language(config))}" data-theme="light">\n<head><meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n<meta name="author" content="{escape(author)}">\n{links}'
        f'<style>{style}</style></head>\n<body><main class="bd-main">\n'
        f"{before}{contents(pages, articles)}{''.join(after)}</main></body></html>\n"
    )


def _language(config: dict) -> str:
    return str(((config.get("sphinx") or {}).get("config") or {}).get("language") or "en")


def _title_page(article: Tag, title: str, author: str) -> None:
    """The book's own title and author above its first page."""
    head = article.find("h1")
    if head is not None:
        by = BeautifulSoup(f'<p class="pdf-author">{escape(author)}</p>', "html.parser")
        if head.get_text(strip=True) != title:
            head.insert_before(BeautifulSoup(f'<p class="pdf-title">{escape(title)}</p>', "html.parser"))
        head.insert_after(by)


def _section(page: Page, article: Tag) -> str:
    return f'<article class="bd-article" id="{page.anchor}">{article.decode_contents()}</article>\n'


def _prepare(article: Tag, soup: BeautifulSoup, page: Page) -> None:
    for part in article.select(_SCREEN_ONLY):
        part.decompose()
    for cell in article.select(".cell"):
        if not cell.get_text(strip=True) and cell.find(["svg", "img"]) is None:
            cell.decompose()
    for control in article.select(".selfcheck input, .selfcheck textarea, .selfcheck select"):
        _as_on_paper(control, soup)
    _collect_answers(article, soup, page)
    for details in article.select("details"):
        details["open"] = ""


def _as_on_paper(control: Tag, soup: BeautifulSoup) -> None:
    """A box to tick, or lines to write on."""
    kind = {"textarea": "lines", "select": "number"}.get(control.name, str(control.get("type", "text")))
    control.replace_with(soup.new_tag("span", attrs={"class": f"pdf-answer pdf-answer-{kind}"}))


def _collect_answers(article: Tag, soup: BeautifulSoup, page: Page) -> None:
    """What is folded on the page goes behind the chapter, so that a reader can think first."""
    folded = [each for each in article.select(_FOLDED) if each.find_parent(_is_folded) is None]
    if not folded:
        return
    section = soup.new_tag("section", attrs={"class": "pdf-answers", "id": "pdf-answers"})
    head = soup.new_tag("h2")
    head.string = "Answers"
    section.append(head)
    for number, each in enumerate(folded, start=1):
        title = each.find(["summary", "p"])
        words = title.get_text(" ", strip=True) if title is not None else "Answer"
        here, there = f"pdf-to-{number}", f"pdf-answer-{number}"
        each.replace_with(
            BeautifulSoup(
                f'<p class="pdf-see" id="{here}"><a href="#{there}">{number}. {escape(words)}</a>'
                f' <span class="pdf-page" data-page-of="#{there}"></span></p>',
                "html.parser",
            )
        )
        if title is not None:
            title.decompose()
        section.append(
            BeautifulSoup(
                f'<h3 class="pdf-answer-head" id="{there}">{number}. {escape(words)} '
                f'<a class="pdf-back" href="#{here}">back</a></h3>',
                "html.parser",
            )
        )
        body = soup.new_tag("div", attrs={"class": "pdf-answer-body"})
        if each.get("id"):
            body["id"] = each["id"]
        for child in list(each.children):
            body.append(child.extract())
        section.append(body)
    (article.find("section") or article).append(section)


def _is_folded(tag: Tag) -> bool:
    classes = tag.get("class") or []
    return {"admonition", "dropdown"} <= set(classes) or (tag.name == "details" and "selfcheck-answer" in classes)


def _readdress(article: Tag, page: Page, names: set[str], address: str, site: str) -> None:
    """Make ids of the page's own, links lead inside the document, pictures come from the site's folder."""

    def mine(name: str) -> str:
        return f"{page.anchor}--{name}"

    for tag in article.find_all(True):
        if tag.get("id"):
            tag["id"] = mine(tag["id"])
        for name in _REFERRING:
            if tag.get(name):
                tag[name] = " ".join(map(mine, str(tag[name]).split()))
        if str(tag.get("data-page-of", "")).startswith("#"):
            tag["data-page-of"] = f"#{mine(tag['data-page-of'][1:])}"
        for name in ("clip-path", "mask", "fill", "stroke", "filter", "marker-end"):
            if str(tag.get(name, "")).startswith("url(#"):
                tag[name] = f"url(#{mine(tag[name][5:])}"
        if tag.get("src"):
            tag["src"] = _from(site, page, str(tag["src"]))
        for name in ("href", "xlink:href"):
            if tag.get(name):
                _relink(tag, name, page, names, address)


def _from(site: str, page: Page, src: str) -> str:
    if re.match(r"[a-z]+:", src):
        return src
    return posixpath.normpath(posixpath.join(site, posixpath.dirname(page.name), src))


def _relink(tag: Tag, name: str, page: Page, names: set[str], address: str) -> None:
    href = str(tag[name])
    if re.match(r"[a-z]+:", href):
        return
    path, _, anchor = href.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), unquote(path))) if path else ""
    document = target.removesuffix(".html") if path else page.name
    if document == "index":
        document = page.name if page.name in names and not path else document
    if document in names:
        other = Page(document).anchor
        tag[name] = f"#{other}--{anchor}" if anchor else f"#{other}"
    elif address:
        tag[name] = urljoin(address.rstrip("/") + "/", target) + (f"#{anchor}" if anchor else "")
    else:
        tag.unwrap()


def contents(pages: list[Page], articles: list[Tag]) -> str:
    """Chapters and their sections with an empty place for the number of the page each begins on."""
    lines = []
    for page, article in zip(pages[1:], articles[1:], strict=True):
        if page.part:
            lines.append(f'<p class="pdf-part">{escape(page.part)}</p>')
        for head in article.find_all(["h1", "h2"]):
            section = head.find_parent("section")
            anchor = page.anchor if head.name == "h1" else (section or head).get("id", "")
            words = copy.copy(head).get_text(" ", strip=True)
            lines.append(
                f'<p class="pdf-{head.name}"><a href="#{anchor}">{escape(words)}</a>'
                f'<span class="pdf-page" data-page-of="#{anchor}"></span></p>'
            )
    return f'<nav class="bd-article pdf-contents"><h1>Contents</h1>{"".join(lines)}</nav>\n'

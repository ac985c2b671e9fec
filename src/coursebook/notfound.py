"""The page for addresses that lead nowhere (`404.html`, which most hosts show), and the map that search engines read.

A host shows `404.html` under the address that was asked for, at any depth, where relative addresses lead astray. With
an `html.baseurl` they are made absolute; without, the page looks for its own address and goes there. `sitemap.xml`
must hold absolute addresses, so a book without a base has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx

PAGE = "404"
_RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?!#|/|[a-z]+:)(?:\./)?')
# From the folder asked for up to the top: the first that holds the page itself is the site's.
_FIND = """<script>
(async () => {
  if (!location.protocol.startsWith("http") || location.pathname.endsWith("/404.html")) return;
  let folder = location.pathname;
  while (folder) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    if ((await fetch(folder + "/404.html", { method: "HEAD" })).ok) return location.replace(folder + "/404.html");
  }
})();
</script>"""


def _page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    if not _is_on(app):
        return
    root, titles = app.config.root_doc, app.env.titles
    pages = [name for name in app.env.toctree_includes.get(root, ()) if name in titles]
    links = "".join(
        f'<li><a href="{escape(app.builder.get_target_uri(name))}">{escape(titles[name].astext())}</a></li>'
        for name in [root, *pages]
    )
    body = (
        "<section><h1>There is no page at this address</h1>"
        "<p>It may have moved, or the address was cut short. The search finds terms; these are all pages:"
        f"</p><ul>{links}</ul></section>{'' if app.config.html_baseurl else _FIND}"
    )
    yield PAGE, {"title": "Page not found", "body": body}, "page.html"


def _is_on(app: Sphinx) -> bool:
    return app.builder.name == "html"


def absolute(html: str, base: str) -> str:
    """A page with every relative address made absolute on its host.

    Args:
        html: the page, written for the top folder of the site.
        base: address of the site, for instance `https://example.org/book/`.
    """
    path = urlsplit(base).path.rstrip("/") + "/"
    return _RELATIVE.sub(lambda match: f'{match[1]}="{escape(path)}', html)


def sitemap(base: str, addresses: list[str]) -> str:
    """The map of a site.

    Args:
        base: address of the site.
        addresses: of its pages, relative to the site.
    """
    lines = "".join(f"<url><loc>{escape(base.rstrip('/'))}/{escape(each)}</loc></url>\n" for each in sorted(addresses))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{lines}</urlset>\n"
    )


def _finish(app: Sphinx, failure: Exception | None) -> None:
    base = app.config.html_baseurl
    if failure or not base or not _is_on(app):
        return
    page = Path(app.outdir, f"{PAGE}.html")
    page.write_text(absolute(page.read_text(encoding="utf-8"), base), encoding="utf-8", newline="\n")
    addresses = [app.builder.get_target_uri(name) for name in app.env.found_docs]
    Path(app.outdir, "sitemap.xml").write_text(sitemap(base, addresses), encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Connect to the pages that are no documents, and to the end of the build."""
    app.connect("html-collect-pages", _page)
    app.connect("build-finished", _finish)

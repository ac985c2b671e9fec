"""Each page that runs code offers its notebook, which runs elsewhere, and the data that it reads.

The notebook holds the page's code and its prose as a reader sees it: no directives, no outputs, cell ids made of the
content, so that the same page gives the same bytes. The theme's download menu shows both. Copies to work in, where they
are not yet: `python -m coursebook.notebooks --help`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.read import read_myst_markdown_notebook
from sphinx.application import Sphinx

from coursebook.archives import write_zip
from coursebook.execution import data_files
from coursebook.markdown import Prose
from coursebook.static_files import makes_site
from coursebook.tables import read_package

Cell = dict[str, Any]
_CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)  # what a notebook takes for the id of a cell
_OF_A_PAGE = re.compile(r"\{(page|file)\}")


def notebook(doctree: nodes.document, source: str, page: str, site: str = "", note: str = "") -> str:
    """The notebook of a page, as JSON text that ends with a line feed.

    Args:
        doctree: the page's resolved document.
        source: its MyST text, from which the code is taken as written.
        page: address within the site, for instance `chapters/4.html`.
        site: address of the site, for links; without one they become text.
        note: Markdown for a first cell, `{page}` standing for the page's address.
    """
    read = read_myst_markdown_notebook(source)
    code = {place: cell for place, cell in enumerate(read.cells) if cell.cell_type == "code"}
    cells = [_markdown(note.replace("{page}", site + page))] if note else []
    for part in _parts(doctree, Prose(page, site)):
        if isinstance(part, str):
            cells.append(_markdown(part))
            continue
        for place in [place for place in code if place <= part]:  # earlier ones are cells that the page leaves out
            cell = code.pop(place)
            cells.append(_code(cell.source, cell.metadata))
    cells += [_code(cell.source, cell.metadata) for cell in code.values()]
    kernel = dict(read.metadata.get("kernelspec", {"name": "python3", "display_name": "Python 3"}))
    whole = {"cells": _identified(page, cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _parts(doctree: nodes.document, prose: Prose) -> Iterator[str | int]:
    """The page from top to bottom: prose as Markdown, and the place of a code cell in its notebook."""
    texts: list[str] = []

    def flush() -> Iterator[str]:
        if texts:
            yield "\n\n".join(texts)
            texts.clear()

    def walk(node: nodes.Element, level: int) -> Iterator[str | int]:
        for child in node.children:
            if isinstance(child, nodes.container) and child.get("nb_element") == "cell_code":
                yield from flush()
                yield child["cell_index"]
                texts.extend(prose.block(caption) for caption in child.findall(nodes.caption))
            elif isinstance(child, nodes.section):
                yield from walk(child, level + 1)
            elif isinstance(child, nodes.title) and isinstance(node, nodes.section):
                yield from flush()
                texts.append(prose.heading(child, level))
            elif _holds_code(child):
                yield from walk(child, level)
            elif text := prose.block(child).strip("\n"):
                texts.append(text)

    yield from walk(doctree, 0)
    yield from flush()


def _holds_code(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and any(
        each.get("nb_element") == "cell_code" for each in node.findall(nodes.container)
    )


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(source: str, metadata: dict[str, Any]) -> Cell:
    """A code cell; one that draws a figure is called as the figure, so that links can lead to it."""
    tags = metadata.get("tags")
    name = ((metadata.get("mystnb") or {}).get("figure") or {}).get("name") or ""
    return {
        "cell_type": "code", "execution_count": None, "outputs": [], "source": source,
        "metadata": {"tags": list(tags)} if tags else {}, **({"id": name} if _CELL_ID.fullmatch(name) else {}),
    }  # fmt: skip


def _identified(page: str, cells: list[Cell]) -> list[Cell]:
    """Cells with ids that stay when other cells change: a hash of page and content, counted where it repeats."""
    seen: dict[str, int] = {}
    for cell in (cell for cell in cells if "id" not in cell):
        digest = hashlib.sha256(f"{page}\0{cell['cell_type']}\0{cell['source']}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell["id"] = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return cells


def data_archive(files: list[Path], folder: Path, package: dict[str, Any], target: Path) -> None:
    """Write a page's data as one zip, with the part of the data package that describes them.

    Args:
        files: what the page reads, within `folder`.
        folder: the book's data folder.
        package: the book's data package; may be empty.
        target: the zip.
    """
    names = {path.relative_to(folder).as_posix() for path in files if path.suffix != ".json"}
    resources = [dict(each) for each in package["resources"] if each.get("path") in names]
    kept = {each["name"] for each in resources}
    for each in resources:
        if keys := (each.get("schema") or {}).get("foreignKeys"):
            inside = [key for key in keys if key["reference"].get("resource", each["name"]) in kept | {""}]
            each["schema"] = {**each["schema"], "foreignKeys": inside}
    content = {name: (folder / name).read_bytes() for name in sorted(names)}
    if resources:
        described = {**package, "resources": resources}
        content["datapackage.json"] = (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()
    write_zip(target, content)


def _offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Write both files beside the page's source and name the notebook to the theme."""
    source = Path(app.env.doc2path(page)) if page in app.env.found_docs else None
    if not _is_on(app) or not source or source.suffix != ".md" or doctree is None or not _holds_code(doctree):
        return
    text = source.read_text(encoding="utf-8")
    base = app.config.html_baseurl
    site = f"{base.rstrip('/')}/" if base else ""
    sources = Path(app.outdir, "_sources")
    offered = sources / f"{page}.ipynb"
    offered.parent.mkdir(parents=True, exist_ok=True)
    whole = notebook(doctree, text, f"{page}.html", site, app.config.coursebook_notebook_note)
    offered.write_text(whole, encoding="utf-8", newline="\n")
    context["ipynb_source"] = f"{page}.ipynb"
    folder, corrections = (Path(app.srcdir, app.config[f"coursebook_{name}"]) for name in ("data", "corrections"))
    if files := set(data_files(text, folder)):
        package = read_package(Path(app.srcdir, app.config.coursebook_datapackage))
        kept = files | ({corrections} if corrections.is_file() else set())
        data_archive(sorted(kept), folder, package, sources / f"{page}.data.zip")
        context["coursebook_data_archive"] = f"{page}.data.zip"


def _menus(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the data to the theme's download menu, and a menu of places to run the page where the book names any."""
    groups = {each.get("label"): each for each in context.get("header_buttons", ())}
    downloads = groups.get("download-buttons")
    if downloads and "coursebook_data_archive" in context:
        address = f"{context['pathto']('_sources', 1)}/{context['coursebook_data_archive']}"
        downloads["buttons"].insert(1, _button("data, .zip", address, "fas fa-table", "Download the page's data"))
    if "header_buttons" not in context:
        return
    runs = doctree is not None and _holds_code(doctree)
    named = (page, Path(app.env.doc2path(page)).suffix) if runs else ()
    places = launch_links(app.config.coursebook_launch, *named)
    buttons = [_button(name, address, "", f"Run elsewhere: {name}") for name, address in places.items()]
    if buttons:
        group = {
            "type": "group",
            "tooltip": f"Run {'this page' if runs else 'the book'} elsewhere",
            "icon": "fas fa-rocket",
            "label": "launch-buttons",
        }
        context["header_buttons"].insert(0, {**group, "buttons": buttons})


def launch_links(places: dict[str, str], page: str = "", suffix: str = "") -> dict[str, str]:
    """Addresses of the places where a page, or without one the book, can be run; empty ones are left out.

    Args:
        places: for each place its address, in which `{page}` stands for the page's name, `{file}` for its source file.
        page: the page's name, for instance `chapters/4`.
        suffix: what its source file's name ends with.
    """
    return {
        name: address.replace("{page}", page).replace("{file}", page + suffix)
        for name, address in places.items()
        if address and (page or not _OF_A_PAGE.search(address))
    }


def _button(text: str, address: str, icon: str, tooltip: str) -> dict[str, str]:
    return {"type": "link", "url": address, "text": text, "icon": icon, "tooltip": tooltip}


def _is_on(app: Sphinx) -> bool:
    return app.config.coursebook_notebooks and makes_site(app)


def copy_new(folder: Path, target: Path) -> list[str]:
    """Copy the notebooks of a folder that a target lacks; nothing that is there is written over.

    Returns:
        Names of those that stay although they are not, or no longer, what the folder holds.
    """
    target.mkdir(parents=True, exist_ok=True)
    kept = []
    for source in sorted(folder.glob("*.ipynb")):
        copy = target / source.name
        if not copy.exists():
            shutil.copyfile(source, copy)
        elif copy.read_bytes() != source.read_bytes():
            kept.append(copy.name)
    return kept


def main(arguments: list[str] | None = None) -> int:
    """Copy notebooks as the command line says, and say which stay as they are; 1 if there are none to copy."""
    parser = argparse.ArgumentParser(prog="python -m coursebook.notebooks", description=copy_new.__doc__.split("\n")[0])
    parser.add_argument(
        "folder", type=Path, help="notebooks of the built site, for instance _build/html/_sources/chapters"
    )
    parser.add_argument("target", type=Path, help="where the copies go")
    options = parser.parse_args(arguments)
    if not any(options.folder.glob("*.ipynb")):
        print(f"There are no notebooks in {options.folder}: build the book first.", file=sys.stderr)
        return 1
    for name in copy_new(options.folder, options.target):
        print(f"Kept your {options.target / name}. For a fresh copy, rename or delete it and start again.")
    return 0


def setup(app: Sphinx) -> None:
    """Register the settings; the notebook is named before the theme makes its menu (501), ours come after it."""
    app.add_config_value("coursebook_notebooks", True, "html", [bool])
    app.add_config_value("coursebook_notebook_note", "", "html", [str])
    app.add_config_value("coursebook_launch", {}, "html", [dict])
    app.connect("html-page-context", _offer, priority=400)
    app.connect("html-page-context", _menus, priority=600)


if __name__ == "__main__":
    sys.exit(main())

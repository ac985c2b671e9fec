"""A chart as HTML: static drawings, controls, the specification, and Chart | Data | Download | Source.

Everything a reader can see or take away is in the page or beside it as a file, so that it works without scripts,
on file:// and on paper; the script only wakes the drawing and the controls. All text from data is escaped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from coursebook import layout, mistakes
from coursebook.describe import authors_description, built_description
from coursebook.draw import drawings_of
from coursebook.files import ChartFile, chart_files, page_spec, row_script
from coursebook.nodes import chart
from coursebook.provenance import Correction, Provenance, of_node, register_files
from coursebook.rows import Column, Table
from coursebook.spec import Spec, normalised, title_of, to_json, without_data
from coursebook.svg import for_page
from coursebook.tables import read_package
from coursebook.theme import themed

LONG = 20  # a table of more rows shows its first ones; the others come when asked for
FIRST_ROWS = 10
FOLDER = "charts"  # of the site


@dataclass(frozen=True)
class Page:
    """What a chart needs to know of the page it is on.

    Attributes: `chart_id`, `name` (how the chart is called in labels: its title or caption), `folder` (address of
    the chart's files, relative to the page), `cite` (how to cite it), `errata` (address of an erratum, by id) and
    `report` (where a mistake in it is reported; empty where the book takes no reports).
    """

    chart_id: str
    name: str
    folder: str
    cite: str
    errata: str
    report: str

    def file(self, suffix: str) -> str:
        """Address of a file of this chart."""
        return escape(f"{self.folder}/{self.chart_id}{suffix}")


def visit_chart(translator: Any, node: chart) -> None:
    """Write the block of one chart into a page, and its files beside the page."""
    builder = translator.builder
    author = normalised(node.specification)
    answer = drawings_of(builder.app).get(node.request)
    provenance = of_node(builder.app, node, author)
    page = page_of(builder, node, author, provenance)
    drawing = answer.get("result") or undrawn(author)
    files = chart_files(node.specification, drawing) if "result" in answer else []
    tables = [Table.from_json(each) for each in drawing["tables"]]
    target = files_of(builder.outdir, builder.current_docname)
    target.mkdir(parents=True, exist_ok=True)
    for each in files:
        (target / f"{page.chart_id}{each.suffix}").write_text(each.text, encoding="utf-8", newline="\n")
    if any(len(table.shown) > LONG for table in tables):
        (target / f"{page.chart_id}.rows.js").write_text(row_script(page.chart_id, tables), encoding="utf-8")
    translator.body.append(block(page, author, drawing, tables, files, provenance, named=node.figure is not None))
    raise nodes.SkipNode


def files_of(site: str | Path, docname: str) -> Path:
    """The folder of the files of a page's charts."""
    return Path(site, FOLDER, *docname.split("/"))


def forget_files(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Before a page is written: remove what an earlier build wrote for its charts, which may be other files now."""
    folder = files_of(app.outdir, docname)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_file():  # a folder belongs to pages below
                path.unlink()


def depart_chart(translator: Any, node: chart) -> None:
    """Nothing: `visit_chart` writes it all."""


def page_of(builder: Any, node: chart, spec: Spec, provenance: Provenance) -> Page:
    """What the chart needs to know of its page."""
    config, docname = builder.config, builder.current_docname
    here = builder.get_target_uri(docname)
    figure = node.figure
    caption = next(iter(figure.findall(nodes.caption)), None) if figure is not None else None
    title = title_of(spec) or (caption.astext() if caption is not None else "")
    base = (config.html_baseurl or "").rstrip("/")
    address = f"{base}/{here}#{node['chart_id']}" if base else f"{here}#{node['chart_id']}"
    book = config.html_title or config.project  # Jupyter Book sets the title and leaves the project unnamed
    parts = [config.author if config.author != "unknown" else "", f"“{title}”" if title else "", book]
    return Page(
        chart_id=node["chart_id"],
        name=title or node["chart_id"],
        folder=relative_uri(here, f"{FOLDER}/{docname}"),
        cite=", ".join(part for part in parts if part) + f". {address}",
        errata=relative_uri(here, builder.get_target_uri(config.coursebook_corrections_page))
        if config.coursebook_corrections_page in builder.env.all_docs
        else "",
        report=mistakes.report(
            config,
            f"{here}#{node['chart_id']}",
            f"Mistake in: {title or node['chart_id']}",
            Dataset=", ".join(resource["name"] for resource in provenance.resources),
            Edition=config.coursebook_edition,
        ),
    )


def undrawn(spec: Spec) -> dict[str, Any]:
    """In place of a drawing that failed: what the browser needs to try, and the size it will fill."""
    dressed = themed(without_data(spec))
    place = {"svg": "", "width": layout.WIDE, "height": 300}
    return {
        "wide": {**place, "spec": layout.fitted(dressed, layout.WIDE)},
        "narrow": {**place, "width": layout.NARROW, "spec": layout.fitted(layout.narrow(dressed), layout.NARROW)},
        "multi": False,
        "own_width": False,
        "datasets": spec.get("datasets") or {},
        "tables": [],
        "controls": [],
        "pointer_only": [],
    }


def block(
    page: Page,
    author: Spec,
    drawing: dict[str, Any],
    tables: list[Table],
    files: list[ChartFile],
    provenance: Provenance,
    named: bool,
) -> str:
    """The whole `div.altair-chart`. With `named` its id is on the figure around it."""
    description = authors_description(author) or built_description(author)
    extra = {"id": page.chart_id, **({"printed": provenance.printed} if provenance.printed else {})}
    spec = page_spec(author, drawing, extra)
    kind = "altair-several" if drawing["multi"] else "altair-single"
    own = " altair-own-width" if drawing["own_width"] else ""
    sizes = ";".join(
        f"--{name}-{side}:{_px(drawing[name][side])}" for name in ("wide", "narrow") for side in ("width", "height")
    )
    own_id = "" if named else f' id="{escape(page.chart_id)}"'
    return "".join(
        [
            f'<div class="altair-chart {kind}{own}"{own_id} style="{sizes}">\n',
            view(page, drawing, description),
            controls(page, drawing["controls"], provenance.corrections, page.errata),
            f'<script type="application/json" class="altair-spec">{to_json(spec)}</script>\n',
            parts(page, tables, files, provenance),
            "</div>\n",
        ]
    )


def _px(value: float) -> str:
    return f"{value:g}"


def view(page: Page, drawing: dict[str, Any], description: str) -> str:
    """The static drawings, or the description where there are none."""
    focus = ""
    if drawing["multi"]:  # wider than a phone perhaps: then it scrolls, and the keyboard must reach it
        focus = f' tabindex="0" role="group" aria-label="{escape(page.name)}: plots, scrolls sideways"'
    if drawing["wide"]["svg"]:
        inside = "".join(
            for_page(drawing[name]["svg"], f"altair-static altair-{name}", description, f"{page.chart_id}-{name[0]}-")
            for name in ("narrow", "wide")
        )
    else:
        inside = (
            f'<div class="altair-static altair-undrawn"><p>{escape(description)}</p>'
            "<p>This chart has no drawing. It needs a browser with scripts, and its data from elsewhere.</p></div>"
        )
    return f'<div class="altair-view"{focus}><div class="altair-box">{inside}</div></div>\n'


def controls(page: Page, found: list[dict[str, Any]], corrections: list[Correction], errata: str) -> str:
    """Native controls for the chart's parameters and, where cells were corrected, the switch between the two."""
    if not found and not corrections:
        return ""
    written = [_control(page, number, control) for number, control in enumerate(found)]
    return f'<div class="altair-controls">{"".join(written)}{_switch(page, corrections, errata)}</div>\n'


def _control(page: Page, number: int, control: dict[str, Any]) -> str:
    kind, label = control["input"], escape(control["label"])
    mark = f'data-control="{number}"'
    value = control.get("value")
    if kind == "checkbox":
        checked = " checked" if value else ""
        return f'<label class="altair-control"><input type="checkbox" {mark}{checked}> <span>{label}</span></label>'
    if kind == "select":
        options = "".join(_option(control, place, value) for place in range(len(control["options"])))
        return f'<label class="altair-control"><span>{label}</span> <select {mark}>{options}</select></label>'
    if kind == "radio":
        name = escape(f"{page.chart_id}-control-{number}")
        choices = "".join(
            f'<label><input type="radio" name="{name}" value="{place}" {mark}'
            f"{' checked' if option == value else ''}> {escape(_label(control, place))}</label>"
            for place, option in enumerate(control["options"])
        )
        return f'<fieldset class="altair-control"><legend>{label}</legend>{choices}</fieldset>'
    if kind == "interval":
        sides = "".join(_interval_side(side, place, mark) for place, side in enumerate(control["sides"]))
        return f'<fieldset class="altair-control"><legend>{label}</legend>{sides}</fieldset>'
    limits = "".join(
        f' {name}="{escape(str(control[name]))}"' for name in ("min", "max", "step", "placeholder") if name in control
    )
    shown = "" if value is None else escape(str(value))
    entry = f'<input type="{escape(kind)}"{limits} value="{shown}" {mark}>'
    if kind == "range":
        entry = f'<span class="altair-slider">{entry}<output>{shown}</output></span>'
    return f'<label class="altair-control"><span>{label}</span> {entry}</label>'


def _option(control: dict[str, Any], place: int, value: Any) -> str:
    selected = " selected" if control["options"][place] == value else ""
    return f'<option value="{place}"{selected}>{escape(_label(control, place))}</option>'


def _label(control: dict[str, Any], place: int) -> str:
    labels = control.get("labels") or []
    if place < len(labels) and labels[place] is not None:
        return str(labels[place])
    option = control["options"][place]
    return "all" if option is None else str(option)


def _interval_side(side: dict[str, Any], place: int, mark: str) -> str:
    limits = f'min="{escape(str(side["min"]))}" max="{escape(str(side["max"]))}" step="any"'
    title = escape(side["title"])
    return "".join(
        f'<label>{title} {word} <input type="{side["type"]}" {limits} value="{escape(str(side[end]))}" '
        f'{mark} data-side="{place}" data-end="{end}"></label>'
        for word, end in (("from", "min"), ("to", "max"))
    )


def _switch(page: Page, corrections: list[Correction], errata: str) -> str:
    """Corrected or as printed, and one line on what changed."""
    if not corrections:
        return ""
    name = escape(f"{page.chart_id}-values")
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{value}" data-values{checked}> {label}</label>'
        for value, label, checked in (("corrected", "corrected", " checked"), ("printed", "as printed", ""))
    )
    changes = "; ".join(f"{escape(each.sentence)} ({_erratum(each, errata)})" for each in corrections)
    return (
        f'<fieldset class="altair-control altair-values"><legend>Values</legend>{choices}</fieldset>'
        f'<p class="altair-changes">{changes}.</p>'
    )


def _erratum(correction: Correction, errata: str) -> str:
    number = escape(correction.erratum)
    return f'<a href="{escape(errata)}#{number.lower()}">{number}</a>' if errata else number


def parts(page: Page, tables: list[Table], files: list[ChartFile], provenance: Provenance) -> str:
    """Chart | Data | Download | Source as native radio buttons and panels: no script needed."""
    panels = [("data", "Data", data_panel(page, tables, provenance) if tables else "")]
    panels.append(("download", "Download", download_panel(page, files)))
    panels.append(("source", "Source", source_panel(provenance, page) if provenance else ""))
    present = [("chart", "Chart", ""), *(panel for panel in panels if panel[2])]
    group = escape(f"{page.chart_id}-part")
    choices = "".join(
        f'<input type="radio" class="altair-show-{name}" id="{group}-{name}" name="{group}"'
        f'{" checked" if name == "chart" else ""}><label for="{group}-{name}">{title}</label>'
        for name, title, _ in present
    )
    bodies = "".join(f'<div class="altair-panel altair-{name}">{body}</div>' for name, _, body in present[1:])
    label = escape(f"{page.name}: chart, data, download and source")
    return f'<div class="altair-parts" role="radiogroup" aria-label="{label}">{choices}{bodies}</div>\n'


def data_panel(page: Page, tables: list[Table], provenance: Provenance) -> str:
    """The rows as tables; long ones show their beginning."""
    return "".join(_table(page, table, place, len(tables), provenance) for place, table in enumerate(tables))


def _table(page: Page, table: Table, place: int, count: int, provenance: Provenance) -> str:
    number = f", table {place + 1} of {count}" if count > 1 else ""
    caption = escape(f"{page.name}{number}")
    heads = "".join(
        f'<th scope="col"{_class(column)}>{escape(_head(column, provenance))}</th>' for column in table.columns
    )
    long = len(table.shown) > LONG
    rows = "\n".join(_row(table.columns, row) for row in table.shown[: FIRST_ROWS if long else None])
    more = ""
    if long:
        more = (
            f'<p class="altair-more">The first {FIRST_ROWS} of {len(table.shown)} rows. '
            f'<button type="button" data-rows="{page.file(".rows.js")}" data-table="{place}">Show all</button> '
            f'<a href="{page.file(".csv")}" download>CSV</a></p>'
        )
    return (
        f'<div class="altair-table" tabindex="0" role="group" aria-label="Data: {caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _head(column: Column, provenance: Provenance) -> str:
    unit = provenance.unit_of(column.source)
    return f"{column.title} ({unit})" if unit and unit not in column.title else column.title


def _row(columns: list[Column], row: list[str]) -> str:
    first, *others = [escape(value) for value in row]
    cells = "\n".join(f"<td{_class(column)}>{value}</td>" for column, value in zip(columns[1:], others, strict=True))
    return f'<tr><th scope="row"{_class(columns[0])}>{first}</th>\n{cells}</tr>'


def _class(column: Column) -> str:
    return ' class="n"' if column.kind == "number" else ""


def download_panel(page: Page, files: list[ChartFile]) -> str:
    """Links to the chart's files, and how to cite it."""
    links = [f'<li><a href="{page.file(each.suffix)}" download>{escape(each.label)}</a></li>' for each in files]
    place = next((index for index, each in enumerate(files, start=1) if each.suffix == ".svg"), 0)
    if place:  # drawn in the browser from the SVG, so that the site need not hold it
        links.insert(place, '<li class="altair-scripted"><button type="button" data-png>Drawing, PNG</button></li>')
    files_list = f"<ul>{''.join(links)}</ul>" if links else ""
    return (
        f'{files_list}<p class="altair-cite">Cite this figure: <span>{escape(page.cite)}</span> '
        f'<a href="#{escape(page.chart_id)}">Address of this figure</a></p>'
    )


def source_panel(provenance: Provenance, page: Page) -> str:
    """What is known of the data behind the chart, and where to report a mistake in it."""
    written = [_resource(resource) for resource in provenance.resources]
    if provenance.source:
        written.append(f"<p>{escape(provenance.source)}</p>")
    if provenance.corrections:
        items = "".join(
            f"<li>{escape(each.sentence)} ({_erratum(each, page.errata)})</li>" for each in provenance.corrections
        )
        written.append(f"<p>Corrected cells:</p><ul>{items}</ul>")
    written.append(_report(page.report))
    return "".join(written)


def table_source(app: Sphinx, docname: str, names: list[str]) -> str:
    """Downloads and source of a table's datasets, folded under the table.

    Raises:
        KeyError: the data package has no dataset of that name.
    """
    package_file, _ = register_files(app)
    resources = {each["name"]: each for each in read_package(package_file)["resources"]}
    found = [resources[name] for name in names]
    links = [
        f'<a href="{escape(relative_uri(app.builder.get_target_uri(docname), f"data/{name}.{kind}"))}" download>'
        f"{escape(name)}, {kind.upper()}</a>"
        for name in names
        for kind in ("csv", "json")
    ]
    page = app.builder.get_target_uri(docname)
    report = mistakes.report(app.config, page, f"Mistake in: {', '.join(names)}", Dataset=", ".join(names))
    return (
        f'<details class="table-source"><summary>Download and source</summary><p>{" · ".join(links)}</p>'
        f"{''.join(map(_resource, found))}{_report(report)}</details>"
    )


def _report(address: str) -> str:
    return f'<p><a href="{escape(address)}">Report a mistake in these data</a></p>' if address else ""


def _resource(resource: dict[str, Any]) -> str:
    sources = [_source(each) for each in resource.get("sources") or ()]
    rights = resource.get("rights") or ", ".join(
        str(each.get("title") or each.get("name")) for each in resource.get("licenses") or ()
    )
    where = ", ".join(str(resource[key]) for key in ("exhibit", "section") if resource.get(key))
    facts = [
        ("Dataset", escape(f"{resource.get('title', '')} ({resource['name']})".strip())),
        ("What it is", escape(str(resource.get("description", "")))),
        ("Exhibit, section", escape(where)),
        ("Source", "; ".join(sources)),
        ("Read from", escape(str(resource.get("retrieved_from", "")))),
        ("Origin", escape(_words(resource.get("origin")))),
        ("Check", escape(_words(resource.get("checked")))),
        ("Rights", escape(rights)),
        ("Caveats", _list(resource.get("caveats"))),
    ]
    # On lines of their own: Sphinx's search takes the tags away and would see one long word.
    return "<dl>" + "\n".join(f"<dt>{term}</dt>\n<dd>{text}</dd>" for term, text in facts if text) + "</dl>"


def _source(source: dict[str, Any]) -> str:
    title, path = escape(str(source.get("title") or source.get("path") or "")), str(source.get("path") or "")
    return f'<a href="{escape(path)}">{title}</a>' if path.startswith(("https://", "http://")) else title


def _words(value: Any) -> str:
    return str(value or "").replace("-", " ")


def _list(values: Any) -> str:
    values = [values] if isinstance(values, str) else values or []
    return f"<ul>{' '.join(f'<li>{escape(str(value))}</li>' for value in values)}</ul>" if values else ""

"""Where a chart's data come from: the datasets it shows, what the data package says of them, what was corrected.

A chart names its datasets in `usermeta={"datasets": [...]}` or by the names of its inline data (`<resource>` or
`<resource>--<hash>`). Without either it may name a source in words: `usermeta={"source": "..."}`.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from coursebook.nodes import chart
from coursebook.spec import Spec
from coursebook.tables import is_register, read_package
from coursebook.warnings import Kind, warn


@dataclass(frozen=True)
class Correction:
    """One cell that is not shown as printed."""

    erratum: str
    dataset: str
    key: dict[str, str]
    column: str
    printed: str
    corrected: str

    @property
    def sentence(self) -> str:
        """What changed, in one line."""
        place = ", ".join(self.key.values())
        return f"{place}, {self.column}: printed {self.printed or 'nothing'}, shown as {self.corrected or 'missing'}"


@dataclass
class Provenance:
    """What the Source part of one chart says.

    Attributes: `resources` (entries of the data package), `source` (in words, from the specification),
    `corrections` (those that touch rows of the chart), `printed` (for each dataset of the chart, the cells that
    differ as printed: row number, column, printed value).
    """

    resources: list[dict[str, Any]] = field(default_factory=list)
    source: str = ""
    corrections: list[Correction] = field(default_factory=list)
    printed: dict[str, list[tuple[int, str, Any]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.resources or self.source)

    def unit_of(self, column: str) -> str:
        """The unit of a column, if the data package gives one for all its rows."""
        for resource in self.resources:
            for each in (resource.get("schema") or {}).get("fields") or ():
                unit = each.get("unit")
                if each.get("name") == column and isinstance(unit, str) and not unit.startswith("@"):
                    return unit
        return ""


def dataset_names(spec: Spec, known: set[str]) -> list[str]:
    """Names of the data package's resources that a chart shows.

    Args:
        spec: the author's specification.
        known: names of all resources.
    """
    declared = (spec.get("usermeta") or {}).get("datasets")
    if isinstance(declared, list):
        return [str(name) for name in declared]
    return list(dict.fromkeys(name for each in spec.get("datasets") or {} if (name := resource_name(each)) in known))


def resource_name(dataset: str) -> str:
    """The resource that a chart's dataset is named after: the part before `--`."""
    return dataset.rpartition("--")[0] or dataset


def provenance_of(spec: Spec, package: dict[str, Any], corrections: list[Correction]) -> Provenance:
    """Everything known of a chart's data.

    Raises:
        KeyError: the chart declares a dataset that the package does not have.
    """
    resources = {resource["name"]: resource for resource in package.get("resources", ())}
    names = dataset_names(spec, set(resources))
    found = Provenance(source=str((spec.get("usermeta") or {}).get("source") or ""))
    for name in names:
        if name not in resources:
            raise KeyError(name)
        defaults = {key: package[key] for key in ("sources", "licenses") if key in package}
        found.resources.append({**defaults, **resources[name]})
    for correction in corrections:
        cells = _cells(spec, correction) if correction.dataset in names else {}
        if cells:
            found.corrections.append(correction)
        for dataset, places in cells.items():
            found.printed.setdefault(dataset, []).extend(places)
    return found


def _cells(spec: Spec, correction: Correction) -> dict[str, list[tuple[int, str, Any]]]:
    """Where a chart's data hold the corrected value, by dataset: row number, column and printed value."""
    cells: dict[str, list[tuple[int, str, Any]]] = {}
    for name, values in (spec.get("datasets") or {}).items():
        if not isinstance(values, list) or resource_name(name) not in (correction.dataset, name):
            continue
        for place, row in enumerate(values):
            if not isinstance(row, dict) or correction.column not in row:
                continue
            same_key = all(_same(row.get(column), value) for column, value in correction.key.items())
            if same_key and _same(row[correction.column], correction.corrected):
                cells.setdefault(name, []).append((place, correction.column, _like(correction)))
    return cells


def _same(value: Any, text: str) -> bool:
    """Whether a value of the chart's data is what a cell of a CSV says."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return str(value).lower() == text.lower()
    if isinstance(value, (int, float)):
        try:
            return float(text) == float(value)
        except ValueError:
            return False
    return str(value) == text or str(value).removesuffix("T00:00:00") == text


def _like(correction: Correction) -> Any:
    """The printed value as the data would hold it: a number if it is one, None if nothing was printed."""
    if correction.printed == "":
        return None
    try:
        number = float(correction.printed)
    except ValueError:
        return correction.printed
    return int(number) if number.is_integer() else number


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The register of corrections, or nothing if there is no such file. Read once while the file stays as it is.

    Raises:
        ValueError: a column is missing or a key is not `field=value;field=value`.
    """
    return _corrections(path, path.stat().st_mtime_ns) if path.is_file() else ()


@lru_cache(maxsize=4)
def _corrections(path: Path, changed: int) -> tuple[Correction, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_correction(row, path, line) for line, row in enumerate(csv.DictReader(file), start=2))


def _correction(row: dict[str, str], path: Path, line: int) -> Correction:
    try:
        key = dict(part.split("=", 1) for part in row["key"].split(";"))
        names = ("erratum", "dataset", "column", "printed", "corrected")
        return Correction(key=key, **{name: row[name] for name in names})
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}, line {line}: a correction needs key as field=value;field=value ({error})") from error


def register_files(app: Sphinx) -> list[Path]:
    """The files of the book that say where data come from."""
    settings = (app.config.coursebook_datapackage, app.config.coursebook_corrections)
    return [Path(app.srcdir) / name for name in settings]


def of_node(app: Sphinx, node: chart, spec: Spec) -> Provenance:
    """The provenance of a chart on a page; what is at odds becomes a warning and an empty Source part.

    Args:
        app: the build.
        node: the chart (its place is named in a warning).
        spec: its specification with all data in `datasets`.
    """
    package_file, corrections_file = register_files(app)
    try:
        return provenance_of(spec, read_package(package_file), read_corrections(corrections_file))
    except KeyError as error:
        text = f"dataset {error} is not in {app.config.coursebook_datapackage}"
    except ValueError as error:
        text = str(error)
    warn(Kind.PROVENANCE, f"chart in {node['origin']}: {text}", node)
    return Provenance()


def watch(app: Sphinx, doctree: nodes.document) -> None:
    """A page with charts or tables is made again when the data package or the corrections change."""
    if any(isinstance(node, chart) or is_register(node) for node in doctree.findall(nodes.Element)):
        for path in register_files(app):
            app.env.note_dependency(os.path.relpath(path, app.srcdir))


def setup(app: Sphinx) -> None:
    """Register the settings."""
    app.add_config_value("coursebook_datapackage", "data/datapackage.json", "env", [str])
    app.add_config_value("coursebook_corrections", "data/corrections.csv", "env", [str])
    app.add_config_value("coursebook_corrections_page", "reference/corrections", "html", [str])
    app.connect("doctree-read", watch)

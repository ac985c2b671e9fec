"""Hold a data package to what the book promises of it; every problem is one line that says where and what."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from frictionless import Package, system

ORIGINS = {"report-table", "report-text", "public-statistic", "derived"}
CHECKS = {"two-sources", "one-source", "report-only", "contradicted"}
REQUIRED = ["title", "description", "origin", "checked", "caveats", "sources", "rights", "schema"]
_KEY = re.compile(r"@\w+\s*\{\s*([^,\s]+),")


def problems(folder: Path, bibliography: Path) -> list[str]:
    """Everything that is not as it should be in the data package in a folder, one line each."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    found = [*_undescribed(folder, package), *_descriptions(package)]
    keys = set(_KEY.findall(bibliography.read_text(encoding="utf-8")))
    for resource in package["resources"]:
        if (folder / resource["path"]).is_file():
            found += _sources(folder, resource, keys)
    return [*found, *_schema(folder), *_corrections(folder, package)]


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries of strings."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _undescribed(folder: Path, package: dict) -> Iterator[str]:
    described = {resource["path"] for resource in package["resources"]}
    for path in sorted(folder.iterdir()):
        if path.name not in described | {"datapackage.json"}:
            yield f"{path.name}: datapackage.json does not describe this file; add a resource or remove the file"
    for missing in sorted(described - {path.name for path in folder.iterdir()}):
        yield f"datapackage.json: describes {missing}, but there is no such file"


def _descriptions(package: dict) -> Iterator[str]:
    for resource in package["resources"]:
        at = f"datapackage.json, {resource['name']}"
        yield from (f"{at}: property {key} is missing" for key in REQUIRED if key not in resource)
        if resource.get("origin") not in ORIGINS:
            yield f"{at}: origin is {resource.get('origin')!r}; use one of {', '.join(sorted(ORIGINS))}"
        if resource.get("checked") not in CHECKS:
            yield f"{at}: checked is {resource.get('checked')!r}; use one of {', '.join(sorted(CHECKS))}"
        for field in resource["schema"]["fields"]:
            if field["type"] == "number" and "unit" not in field:
                yield f"{at}, column {field['name']}: a measured column needs a unit (or @unit)"
            if not field.get("description"):
                yield f"{at}, column {field['name']}: a column needs a description"
        if resource["path"] != f"{resource['name']}.csv":
            yield f"{at}: path is {resource['path']}; addresses stay stable when it is {resource['name']}.csv"


def _sources(folder: Path, resource: dict, keys: set[str]) -> Iterator[str]:
    for source in resource.get("sources", []):
        if "key" in source and source["key"] not in keys:
            yield f"datapackage.json, {resource['name']}: references.bib has no entry {source['key']!r}"
    for number, row in enumerate(rows(folder / resource["path"]), start=2):
        for key in filter(None, (row.get("source") or "").split(";")):
            if key.strip() not in keys:
                yield f"{resource['path']}, row {number}, column source: references.bib has no entry {key.strip()!r}"
        if "recalled" in (row.get("status"), row.get("checked")):
            yield f"{resource['path']}, row {number}: a recalled value has no place in the data; cite it or remove it"


def _schema(folder: Path) -> Iterator[str]:
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    for error in report.errors:
        yield f"datapackage.json: {error.note}"
    for task in report.tasks:
        for error in task.errors:
            cell = getattr(error, "cell", None)
            place = [task.place]
            if row := getattr(error, "row_number", None):
                place.append(f"row {row}")
            if name := getattr(error, "field_name", None):
                place.append(f"column {name}")
            held = f"; the cell holds {cell!r}" if cell else ""
            yield f"{', '.join(place)}: {error.note}{held}"


def _corrections(folder: Path, package: dict) -> Iterator[str]:
    paths = {resource["name"]: folder / resource["path"] for resource in package["resources"]}
    errata = {row["id"] for row in rows(paths["errata"])} if "errata" in paths else set()
    if "corrections" not in paths:
        return
    for number, row in enumerate(rows(paths["corrections"]), start=2):
        at = f"corrections.csv, row {number}"
        if row["erratum"] not in errata:
            yield f"{at}: errata.csv has no {row['erratum']}"
        if row["dataset"] not in paths:
            yield f"{at}: there is no dataset {row['dataset']!r}"
            continue
        wanted = dict(part.split("=", 1) for part in row["key"].split(";"))
        matches = [r for r in rows(paths[row["dataset"]]) if all(r.get(k) == v for k, v in wanted.items())]
        if len(matches) != 1:
            yield f"{at}: key {row['key']} finds {len(matches)} rows of {row['dataset']}; it should find one"
        elif matches[0][row["column"]] != row["printed"]:
            yield f"{at}: the cell holds {matches[0][row['column']]!r}, not the printed {row['printed']!r}"

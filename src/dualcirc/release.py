"""What a release of the data needs: one archive, the cells that changed, and addresses that stay.

python -m dualcirc.release archive [folder]     one zip: CSVs, datapackage.json, a readme with the rights
python -m dualcirc.release diff [revision]      every changed cell since a revision (the last tag by default)
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from dualcirc.data import folder, package

_EPOCH = (2020, 1, 1, 0, 0, 0)  # of every file in the archive: the same data give the same bytes
_README = """{title}, version {version}

{description}

datapackage.json describes every file: what a row is, columns with their units, sources, rights and caveats. The files
hold what the report prints; corrections.csv names the cells that the book mends, errata.csv says why.

Rights. {rights}
"""


class ReleaseError(RuntimeError):
    """The release cannot be made; the message says what is missing."""


def archive(target: Path) -> Path:
    """Write the data package as one zip.

    Args:
        target: folder for the file; made if it is not there.

    Returns:
        Path of the archive, named after the package and its version.
    """
    described = package()
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{described['name']}-{described['version']}.zip"
    part = path.with_suffix(".part")
    rights = "; ".join(each.get("title", each["name"]) for each in described.get("licenses", [])) + (
        ". Numbers cited from others stay theirs: each dataset's entry says what its source allows."
    )
    readme = _README.format(**{key: described[key] for key in ("title", "version", "description")}, rights=rights)
    with zipfile.ZipFile(part, "w") as zipped:
        _add(zipped, "README.txt", readme.encode())
        for name in ("datapackage.json", *(resource["path"] for resource in described["resources"])):
            _add(zipped, name, (folder() / name).read_bytes())
    part.replace(path)
    return path


def _add(zipped: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    zipped.writestr(entry, content)


def changes(revision: str = "") -> Iterator[str]:
    """Every changed cell of the data since a revision of the repository, a line each.

    Args:
        revision: a tag or commit; the last tag by default.

    Raises:
        ReleaseError: there is no tag, no such revision, or no repository.
    """
    since = revision or _git("describe", "--tags", "--abbrev=0", why="there is no tag to compare with: name a revision")
    since = since.strip()
    old_names = _git("ls-tree", "--name-only", since, "data/", why=f"there is no revision {since!r}").split()
    old_files = {Path(name).name for name in old_names if name.endswith(".csv")}
    new_files = {path.name for path in folder().glob("*.csv")}
    for name in sorted(old_files | new_files):
        if name not in new_files:
            yield f"{name}: removed"
        elif name not in old_files:
            yield f"{name}: new"
        else:
            before = _git("show", f"{since}:data/{name}", why=f"{name} cannot be read at {since}")
            yield from _cells(name, before, (folder() / name).read_text(encoding="utf-8"))


def _git(*arguments: str, why: str) -> str:
    result = subprocess.run(
        ["git", *arguments], cwd=folder().parent, capture_output=True, encoding="utf-8", check=False
    )
    if result.returncode:
        raise ReleaseError(why)
    return result.stdout


def _cells(name: str, before: str, after: str) -> Iterator[str]:
    """Differences of two versions of a table; rows are known by their key, or by their place where it has none."""
    old, new = (list(csv.DictReader(io.StringIO(text, newline=""))) for text in (before, after))
    keys = _key_columns(name)
    old_rows, new_rows = (_by_key(rows, keys) for rows in (old, new))
    for key in [*old_rows, *(key for key in new_rows if key not in old_rows)]:
        if key not in new_rows:
            yield f"{name} [{key}]: row removed"
        elif key not in old_rows:
            yield f"{name} [{key}]: row added"
        else:
            for column in dict.fromkeys([*old_rows[key], *new_rows[key]]):
                was, now = (rows[key].get(column, "") for rows in (old_rows, new_rows))
                if was != now:
                    yield f"{name} [{key}] {column}: {was!r} -> {now!r}"


def _key_columns(name: str) -> list[str]:
    for resource in package()["resources"]:
        if resource["path"] == name:
            key = resource["schema"].get("primaryKey", [])
            return [key] if isinstance(key, str) else key
    return []


def _by_key(rows: list[dict[str, str]], keys: list[str]) -> dict[str, dict[str, str]]:
    named: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        key = ";".join(f"{column}={row.get(column, '')}" for column in keys) if keys else f"row {number}"
        named[key if key not in named else f"{key} (row {number})"] = row
    return named


def main(arguments: list[str]) -> int:
    """Run one of the two jobs; 0 if it went well."""
    match arguments:
        case ["archive", *rest]:
            print(archive(Path(rest[0] if rest else "_build")))
        case ["diff", *rest]:
            try:
                lines = list(changes(*rest))
            except ReleaseError as problem:
                print(problem, file=sys.stderr)
                return 1
            print("\n".join(lines) or "no cell changed")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

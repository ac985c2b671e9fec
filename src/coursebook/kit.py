"""One zip with everything a reader needs away from the web: `python -m coursebook.kit --help`.

It holds the built site, the notebooks that its pages offer, the data, the packages of the book as a wheel, a list of
requirements that installs this wheel, JupyterLab's configuration, and a readme. Links between notebooks lead to
notebooks. The same book gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from coursebook.archives import write_zip

_TIME = "1577836800"  # of the files in the wheel: 2020-01-01, as in the zip
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?(?=\))")  # a relative one: file, and place in it
_NOT_SOURCE = (".*", "_build", "build", "*.egg-info", "__pycache__", "node_modules", "lab")


class KitError(RuntimeError):
    """The kit cannot be made; the message says what is missing."""


def wheel_of(book: Path, folder: Path) -> Path:
    """Build the book's packages as a wheel, without asking the network for anything.

    Args:
        book: the folder with `pyproject.toml`.
        folder: where the wheel goes.

    Raises:
        KitError: the build fails; the message ends with what it said.
    """
    source = folder / "source"  # a copy: a build leaves files behind, and finds those of the last one
    shutil.copytree(book, source, ignore=shutil.ignore_patterns(*_NOT_SOURCE))
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(source),
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-q",
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _TIME}
    built = subprocess.run(
        [*command, "-w", str(folder)], capture_output=True, encoding="utf-8", errors="replace", env=environment
    )
    if built.returncode:
        raise KitError(f"no wheel of {book}: {built.stderr.strip().splitlines()[-1] if built.stderr else 'pip failed'}")
    return next(folder.glob("*.whl"))


def requirements_for(text: str, wheel: str) -> str:
    """Requirements that install a wheel beside them in place of the book's own folder (`-e .`)."""
    lines = [line for line in text.splitlines() if line.strip() not in ("-e .", ".")]
    return "\n".join([*lines, f"./{wheel}"]) + "\n"


def content_of(
    site: Path, wheel: Path, requirements: Path, readme: Path, data: Path | None = None, lab: Path | None = None
) -> dict[str, bytes | Path]:
    """What the kit holds, by its name within the kit.

    Raises:
        KitError: there is no built site, or a notebook links to what the kit has not.
    """
    if not (site / "index.html").is_file():
        raise KitError(f"there is no built site in {site}: build the book first")
    kit: dict[str, bytes | Path] = {
        "README.txt": readme,
        "requirements.txt": requirements_for(requirements.read_text(encoding="utf-8"), wheel.name).encode(),
        wheel.name: wheel,
    }
    kit |= {f"site/{name}": path for name, path in _files(site) if name != ".buildinfo"}
    notebooks = {name: path.read_bytes() for name, path in _files(site / "_sources") if path.suffix == ".ipynb"}
    kit |= {f"notebooks/{name}": held for name, held in linked(notebooks).items()}
    for folder, held in (("data", data), ("lab", lab)):
        kit |= {f"{folder}/{name}": path for name, path in _files(held)} if held else {}
    return kit


def linked(notebooks: dict[str, bytes]) -> dict[str, bytes]:
    """Notebooks that link to each other where they linked to pages of the site.

    A link to a page's source leads to the page's notebook, one to a figure to the cell that draws it, in the way that
    JupyterLab follows. Notebooks without such links keep their bytes.

    Args:
        notebooks: by name; the page `chapters/4.md` is the notebook `chapters/4.ipynb`.

    Raises:
        KitError: a link leads to none of them.
    """
    read = {name: json.loads(content) for name, content in notebooks.items()}
    places = {cell.get("id"): name for name, notebook in read.items() for cell in notebook["cells"]}
    return {name: _relinked(name, read, places) or content for name, content in notebooks.items()}


def _relinked(name: str, notebooks: dict[str, Any], places: dict[str, str]) -> bytes | None:
    """One of some notebooks with its links mended; nothing if none had to be."""
    folder, notebook = posixpath.dirname(name), notebooks[name]

    def mended(link: re.Match[str]) -> str:
        file, place = link[1], link[2]
        beside = re.sub(r"\.md$", ".ipynb", file)
        target = posixpath.normpath(posixpath.join(folder, beside)) if file else places.get(place)
        if target not in notebooks:
            raise KitError(f"{name} links to {link[0]}, which is no notebook of the kit")
        return posixpath.relpath(target, folder) + (f"#cell-id={place}" if places.get(place) == target else "")

    changed = False
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        before = "".join(cell["source"])
        cell["source"] = _LINK.sub(mended, before)
        if cell["source"] != before:
            changed = True
            cell["metadata"].get("nbgrader", {}).pop("checksum", None)  # nbgrader would say that a student edited it
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode() if changed else None


def _files(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file()]


def make(target: Path, book: Path, site: Path, readme: Path, data: Path | None = None, lab: Path | None = None) -> None:
    """Write the kit, and say what is being done.

    Args:
        target: the zip; its name without `.zip` is the folder that it unpacks into.
        book: the folder with `pyproject.toml` and `requirements.txt`.
        site, readme, data, lab: what goes in.

    Raises:
        KitError: something is missing; the old kit stays as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        print("Building the wheel ...", flush=True)
        wheel = wheel_of(book, Path(folder))
        kit = content_of(site, wheel, book / "requirements.txt", readme, data, lab)
        print(f"Packing {len(kit)} files ...", flush=True)
        write_zip(target, {f"{target.stem}/{name}": held for name, held in kit.items()})
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


def main(arguments: list[str] | None = None) -> int:
    """Make a kit as the command line says; 1 if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m coursebook.kit", description=__doc__.split("\n")[0])
    parser.add_argument("target", type=Path, help="the zip to write")
    parser.add_argument("--book", type=Path, default=Path(), help="folder with pyproject.toml and requirements.txt")
    parser.add_argument("--site", type=Path, default=Path("_build/html"), help="the built site")
    parser.add_argument("--readme", type=Path, required=True, help="text for README.txt")
    parser.add_argument("--data", type=Path, help="folder of data")
    parser.add_argument("--lab", type=Path, help="folder of JupyterLab's configuration")
    options = parser.parse_args(arguments)
    try:
        make(options.target, options.book, options.site, options.readme, options.data, options.lab)
    except (KitError, OSError) as problem:
        print(f"No kit: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

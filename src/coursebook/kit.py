"""One zip with everything a reader needs away from the web: `python -m coursebook.kit --help`.

It holds the built site, the notebooks that its pages offer, the data, the packages of the book as a wheel, a list of
requirements that installs this wheel, and a readme. The same book gives the same bytes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from coursebook.archives import write_zip

_TIME = "1577836800"  # of the files in the wheel: 2020-01-01, as in the zip
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


def content_of(site: Path, wheel: Path, requirements: Path, readme: Path, data: Path | None) -> dict[str, bytes | Path]:
    """What the kit holds, by its name within the kit.

    Raises:
        KitError: there is no built site.
    """
    if not (site / "index.html").is_file():
        raise KitError(f"there is no built site in {site}: build the book first")
    kit: dict[str, bytes | Path] = {
        "README.txt": readme,
        "requirements.txt": requirements_for(requirements.read_text(encoding="utf-8"), wheel.name).encode(),
        wheel.name: wheel,
    }
    kit |= {f"site/{name}": path for name, path in _files(site) if name != ".buildinfo"}
    kit |= {f"notebooks/{name}": path for name, path in _files(site / "_sources") if path.suffix == ".ipynb"}
    return kit | ({f"data/{name}": path for name, path in _files(data)} if data else {})


def _files(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file()]


def make(target: Path, book: Path, site: Path, readme: Path, data: Path | None) -> None:
    """Write the kit, and say what is being done.

    Args:
        target: the zip; its name without `.zip` is the folder that it unpacks into.
        book: the folder with `pyproject.toml` and `requirements.txt`.
        site, readme, data: what goes in.

    Raises:
        KitError: something is missing; the old kit stays as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        print("Building the wheel ...", flush=True)
        wheel = wheel_of(book, Path(folder))
        kit = content_of(site, wheel, book / "requirements.txt", readme, data)
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
    options = parser.parse_args(arguments)
    try:
        make(options.target, options.book, options.site, options.readme, options.data)
    except (KitError, OSError) as problem:
        print(f"No kit: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The wheel carries every package and, as `dualcirc.datasets`, the data."""

from __future__ import annotations

import tomllib
from pathlib import Path


def test_every_package_is_in_the_wheel(root: Path) -> None:
    setuptools = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    source = root / "src"
    there = {path.parent.relative_to(source).as_posix().replace("/", ".") for path in source.rglob("__init__.py")}
    assert set(setuptools["packages"]) == there | {"dualcirc.datasets"}
    assert setuptools["package-dir"]["dualcirc.datasets"] == "data"
    carried = {
        path for pattern in setuptools["package-data"]["dualcirc.datasets"] for path in root.glob(f"data/{pattern}")
    }
    assert carried == {path for path in (root / "data").iterdir() if path.suffix in (".csv", ".json")}


def test_binder_installs_the_lock_and_sets_up_the_lab(root: Path) -> None:
    """As repo2docker reads it: pip runs in the repository's folder, `-r` is relative to the file that names it."""
    binder = root / ".binder"
    assert not (root / "binder").exists(), "repo2docker refuses two folders"
    (line,) = (binder / "requirements.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert (binder / line.removeprefix("-r ")).resolve() == root / "requirements.txt"
    assert (root / "requirements.txt").read_text(encoding="utf-8").endswith("\n-e .\n")
    assert (binder / "runtime.txt").read_text(encoding="utf-8").strip() in ("python-3.11", "python-3.12", "python-3.13")
    script = (binder / "postBuild").read_text(encoding="utf-8")
    assert script.startswith("#!") and "instructor/lab/." in script and (root / "instructor/lab").is_dir()

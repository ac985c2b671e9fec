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

"""What the repository gives to others to install: the wheel with its data, and Binder's set-up."""

from __future__ import annotations

import zipfile
from pathlib import Path

from coursebook.kit import wheel_of


def test_a_wheel_carries_every_package_and_the_data(root: Path, tmp_path: Path) -> None:
    wheel = wheel_of(root, tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    modules = {path.relative_to(root / "src").as_posix() for path in (root / "src").rglob("*.py")}
    beside = {path for path in (root / "src").glob("coursebook/*/**/*") if path.suffix in (".js", ".css", ".html")}
    data = {f"dualcirc/datasets/{path.name}" for path in (root / "data").iterdir() if path.is_file()}
    assert modules | {path.relative_to(root / "src").as_posix() for path in beside} | data <= names


def test_binder_installs_the_lock_and_sets_up_the_lab(root: Path) -> None:
    """As repo2docker reads it: pip runs in the repository's folder, `-r` is relative to the file that names it."""
    binder = root / ".binder"
    assert not (root / "binder").exists(), "repo2docker refuses two folders"
    line, puller = (binder / "requirements.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert puller in (root / "requirements-hub.txt").read_text(encoding="utf-8").splitlines()
    assert (binder / line.removeprefix("-r ")).resolve() == root / "requirements.txt"
    assert (root / "requirements.txt").read_text(encoding="utf-8").endswith("\n-e .\n")
    assert (binder / "runtime.txt").read_text(encoding="utf-8").strip() in ("python-3.11", "python-3.12", "python-3.13")
    script = (binder / "postBuild").read_text(encoding="utf-8")
    assert script.startswith("#!") and "instructor/lab/." in script and (root / "instructor/lab").is_dir()

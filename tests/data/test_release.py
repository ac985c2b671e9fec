"""A release: an archive that frictionless accepts, changed cells by name, and addresses that do not disappear."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from frictionless import Package

from dualcirc import data, release

ADDRESSES = Path(__file__).with_name("released-addresses.txt")


def test_the_archive_is_a_valid_package_with_its_rights(tmp_path: Path) -> None:
    path = release.archive(tmp_path / "out")
    assert not list(path.parent.glob("*.part"))
    with zipfile.ZipFile(path) as zipped:
        zipped.extractall(tmp_path / "unpacked")
        readme = zipped.read("README.txt").decode()
    assert "Rights." in readme and data.package()["version"] in path.name
    report = Package(str(tmp_path / "unpacked/datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "message"])[:5]


def test_the_same_data_give_the_same_archive(tmp_path: Path) -> None:
    first, second = release.archive(tmp_path / "a"), release.archive(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two data files and no tag."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "facts.csv").write_text("id,value\na,1\nb,2\n", encoding="utf-8")
    (folder / "old.csv").write_text("x\n1\n", encoding="utf-8")
    monkeypatch.setattr(release, "folder", lambda: folder)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_changed_cells_are_named(repository: Path) -> None:
    (repository / "data/facts.csv").write_text("id,value\na,1\nb,3\nc,4\n", encoding="utf-8")
    (repository / "data/old.csv").unlink()
    (repository / "data/new.csv").write_text("x\n1\n", encoding="utf-8")
    assert list(release.changes("HEAD")) == [
        "facts.csv [id=b] value: '2' -> '3'",
        "facts.csv [id=c]: row added",
        "new.csv: new",
        "old.csv: removed",
    ]


def test_without_a_tag_it_is_said(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["diff"]) == 1
    assert "there is no tag" in capsys.readouterr().err
    assert release.main(["diff", "no-such-tag"]) == 1
    assert "no revision 'no-such-tag'" in capsys.readouterr().err


def test_no_released_address_disappeared(site: Path) -> None:
    """`python tests/data/test_release.py` adds the addresses of a new release."""
    gone = []
    for address in ADDRESSES.read_text(encoding="utf-8").split():
        page, _, anchor = address.partition("#")
        path = site / page
        if not path.is_file() or (anchor and f'id="{anchor}"' not in _text(path)):
            gone.append(address)
    assert not gone, f"{len(gone)} addresses are gone: {', '.join(gone[:5])}"


_TEXTS: dict[Path, str] = {}


def _text(path: Path) -> str:
    if path not in _TEXTS:
        _TEXTS[path] = path.read_text(encoding="utf-8")
    return _TEXTS[path]


def addresses(site: Path) -> list[str]:
    """Every address of the site that a release promises to keep."""
    found = [f"data/{name}.{ending}" for name in data.datasets() for ending in ("csv", "json")]
    for page in sorted((site / "chapters").glob("*.html")):
        name = f"chapters/{page.name}"
        found += [
            name,
            *(f"{name}#{anchor}" for anchor in re.findall(r'<figure[^>]* id="((?:fig|tbl)-[^"]+)"', _text(page))),
        ]
    for page, pattern in (("facts", "fact-"), ("corrections", "erratum-"), ("timeline", "event-"), ("data", "data-")):
        name = f"reference/{page}.html"
        anchors = re.findall(rf' id="({pattern}[^"]+)"', _text(site / name))
        found += [name, *(f"{name}#{anchor}" for anchor in anchors)]
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    built = Path(__file__).resolve().parents[2] / "_build/html"
    kept = ADDRESSES.read_text(encoding="utf-8").split() if ADDRESSES.is_file() else []
    ADDRESSES.write_text("\n".join(dict.fromkeys([*kept, *addresses(built)])) + "\n", encoding="utf-8", newline="\n")

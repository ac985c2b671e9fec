"""Zip files that come out the same, byte for byte, whenever their content is the same."""

from __future__ import annotations

import zipfile
from pathlib import Path

_TIME = (2020, 1, 1, 0, 0, 0)  # of every file: the archive tells what, not when


def write_zip(target: Path, content: dict[str, bytes | Path]) -> None:
    """Write an archive, its files in the order of their names; the old one is replaced when the new one is whole.

    Args:
        target: the zip.
        content: for each name within it the bytes, or the file that holds them.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, held in sorted(content.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # as on Unix, on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, held.read_bytes() if isinstance(held, Path) else held)
    part.replace(target)

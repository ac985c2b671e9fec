"""What all measurements share: running commands, naming the machine, writing a table into README.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(command: list[str], folder: Path, **environment: str) -> float:
    """Run a command; seconds it took.

    Raises:
        SystemExit: it failed; its output is the message.
    """
    start = time.perf_counter()
    result = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **environment},
    )  # fmt: skip
    if result.returncode:
        raise SystemExit(result.stdout[-2000:] + result.stderr[-2000:])
    return time.perf_counter() - start


def machine(packages: Sequence[str]) -> dict[str, str]:
    """Where and with what it was measured."""
    return {
        "cores": str(os.cpu_count()),
        "load": " ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in packages},
    }


def into_readme(mark: str, table: str) -> None:
    """Put a table into README.md, between its mark and the end mark."""
    readme = HERE / "README.md"
    text = re.sub(
        rf"(?s)(<!-- {mark} -->\n).*?(<!-- end -->)", lambda m: m[1] + table + m[2], readme.read_text("utf-8")
    )
    readme.write_text(text, encoding="utf-8")

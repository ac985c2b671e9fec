"""What all measurements share: running commands, naming the machine, keeping figures and their table."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]  # browser, server and list of pages are theirs


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


def load() -> str:
    """How busy the machine is: processes that want a core, averaged over one minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def machine(packages: Sequence[str]) -> dict[str, str]:
    """With what it is measured, and how busy the machine is before."""
    return {
        "cores": str(os.cpu_count()),
        "load before": load(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in packages},
    }


def keep(name: str, found: dict[str, Any], table: str) -> None:
    """Print a table, put it into README.md between its marks, and keep its figures as `<name>.json`."""
    where = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    table += f"\n\nMeasured on: {where}.\n"
    print(table)
    (HERE / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    marks = rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)"
    text = re.sub(marks, lambda m: m[1] + table + m[2], readme.read_text("utf-8"))
    readme.write_text(text, encoding="utf-8")

"""Ask every external address of the book whether it is still there: `python tests/links.py` (make linkcheck).

Other people's sites come and go, so nothing waits for this: it always ends well and leaves a report. Sphinx does the
asking; its patience is set in `_config.yml`.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "_build" / "linkcheck" / "output.json"


def hosts(bibliography: str) -> list[str]:
    """The hosts that a bibliography names most, at most five."""
    found = Counter(urlsplit(url).netloc for url in re.findall(r"url\s*=\s*\{(https?://[^}]+)\}", bibliography))
    return [host for host, _ in found.most_common(5) if host]


def reachable(names: list[str], seconds: float = 5) -> bool:
    """Whether any of these hosts answers."""
    for name in names:
        try:
            socket.create_connection((name, 443), seconds).close()
        except OSError:
            continue
        return True
    return False


def summary(report: str) -> str:
    """What Sphinx found, in words: how many of each kind, then each address that is not there, with its page.

    Args:
        report: lines of JSON that Sphinx wrote.
    """
    rows = [json.loads(line) for line in report.splitlines() if line.strip()]
    asked = {row["uri"]: row for row in rows if row["status"] not in ("unchecked", "ignored", "local")}
    counts = Counter(row["status"] for row in asked.values())
    lines = [f"{len(asked)} addresses: " + ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))]
    for row in rows:
        if row["status"] in ("broken", "timeout"):
            lines.append(f"{row['filename']}:{row['lineno']}: {row['uri']}: {row['info']}")
    return "\n".join(lines)


def main() -> int:
    """Check and report; always 0."""
    if not reachable(hosts((ROOT / "references.bib").read_text(encoding="utf-8"))):
        print("No network, or none of the hosts that the book cites most answers: links were not checked.")
        return 0
    print("Asking some hundred addresses takes a few minutes ...", flush=True)
    program = Path(sys.executable)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    REPORT.unlink(missing_ok=True)
    command = [program.with_name("jupyter-book"), "build", ".", "--builder", "linkcheck", "-q"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, encoding="utf-8", errors="replace"
    )
    if REPORT.is_file():
        print(summary(REPORT.read_text(encoding="utf-8")))
        print(f"The whole report: {REPORT}")
    else:
        print(f"Sphinx could not read the book, so links were not checked:\n{result.stderr[-2000:]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

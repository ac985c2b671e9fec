"""Find the Chromium that the browser tests drive, or install one: `python tests/browser.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from coursebook.chromium import ARGUMENTS, find

__all__ = ["ARGUMENTS", "find", "install"]


def install() -> None:
    """Try Debian's package, then Playwright's download."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Debian's chromium for the browser tests ...", flush=True)
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        packages = ["chromium", "fonts-noto-cjk", "fonts-liberation"]  # for Chinese terms, and as wide as Arial
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages], check=False)
    if find() is None:
        print("Asking Playwright for a Chromium ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Make sure there is a browser; say in one sentence what to do when there is none."""
    if find() is None:
        install()
    path = find()
    if path is None:
        print("The browser tests need Chromium or Chrome: install one (on Debian, apt-get install chromium).")
        return 1
    print(f"Browser for the tests: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

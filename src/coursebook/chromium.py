"""Where a Chromium or Chrome is on this machine, and how to start it quietly: for the PDF and for browser tests."""

from __future__ import annotations

import shutil
from pathlib import Path

#: Headless, quiet, and asking nobody on the network for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
_PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
]


def find() -> str | None:
    """Path of a Chromium or Chrome on this machine, Playwright's own download included.

    Raises:
        ImportError: Playwright, which drives it, is not installed.
    """
    from playwright.sync_api import sync_playwright

    for name in _NAMES:
        if path := shutil.which(name):
            return path
    for place in _PLACES:
        if Path(place).is_file():
            return place
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None

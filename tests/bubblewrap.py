"""Make sure that grading's tests can run hostile notebooks in a sandbox: `python tests/bubblewrap.py`.

Without bubblewrap those tests are skipped and say so, or fail in the workflow of GitHub, which has it; nothing
hostile ever runs outside of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess


def main() -> None:
    """Install Debian's package if that is possible, or say what will not be tested."""
    if not shutil.which("bwrap") and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Debian's bubblewrap for the tests of grading ...", flush=True)
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "bubblewrap"], check=False)
    if not shutil.which("bwrap"):
        print("No bubblewrap: the tests of grading that need its sandbox are skipped.")


if __name__ == "__main__":
    main()

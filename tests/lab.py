"""A JupyterLab of this machine for the time of a test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def running(folder: Path, own: Path, *settings: str, **places: str) -> Iterator[str]:
    """Address of a Lab started in a folder.

    Args:
        folder: what it serves, and where it runs.
        own: an empty folder for its settings and what it keeps.
        settings: its command line, if it is to be another than the name of the folder.
        places: more of its environment, such as `JUPYTER_CONFIG_PATH`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1", "--IdentityProvider.token="]
    if os.name != "nt":  # as in `coursework.proof`: no ports that another kernel may choose as well
        options.append("--KernelManager.transport=ipc")
    runtime = tempfile.mkdtemp()  # sockets have short names
    kept = {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "share"),
        "JUPYTER_RUNTIME_DIR": runtime,
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, *(settings or [str(folder)])],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **kept, **places},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
            break
        except OSError:
            time.sleep(0.5)
    yield address
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:  # a busy machine: the test is over, the server need not be polite
        server.kill()
    shutil.rmtree(runtime, ignore_errors=True)

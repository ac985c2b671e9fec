"""Every module can be imported first: none counts on another having been imported before it."""

from __future__ import annotations

import subprocess
import sys

#: In a process of its own; the libraries stay imported, all of coursebook goes before each turn.
_EACH_FIRST = """
import importlib, pkgutil, sys
import coursebook
names = [each.name for each in pkgutil.walk_packages(coursebook.__path__, "coursebook.")]
for name in names:
    if name.endswith("__main__"):
        continue
    for other in [each for each in sys.modules if each.partition(".")[0] == "coursebook"]:
        del sys.modules[other]
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"{name}: {error!r}")
print(len(names))
"""


def test_each_module_can_be_the_first() -> None:
    done = subprocess.run([sys.executable, "-c", _EACH_FIRST], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40

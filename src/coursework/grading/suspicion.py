"""Answers that reach for what no answer needs. A list for a person to look at: it proves nothing and stops nothing."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

_REACHES = {
    "the network": {"socket", "urllib", "urllib3", "requests", "http", "httpx", "ftplib", "smtplib", "aiohttp"},
    "other programs": {
        "subprocess",
        "multiprocessing",
        "pty",
        "ctypes",
        "fork",
        "system",
        "popen",
        "execv",
        "kill",
        "_exit",
    },
    "the tests": {"inspect", "gc", "_getframe", "In", "_ih", "history_manager", "setattr", "settrace", "setprofile"},
    "files outside its folder": {"gradebook", "autograded", "expanduser", "rglob", "walk", "scandir"},
}
_PATHS = re.compile(r"(?:^|[\"'\s(])(?:/(?:etc|root|home|proc|work|usr|var)\b|\.\./|~/)|gradebook\.db|HIDDEN TESTS")
_CHECKER = re.compile(r"^\s*(?:\w*[Cc]heck\w*)(?:\.\w+)+\s*=[^=]", re.M)


def reaches(cell: NotebookNode) -> list[str]:
    """What the code of a cell reaches for, each with the word that says so."""
    if cell.cell_type != "code":
        return []
    words = _words(cell.source)
    found = [f"{what} ({', '.join(sorted(words & names))})" for what, names in _REACHES.items() if words & names]
    if path := _PATHS.search(cell.source):
        found.append(f"files outside its folder ({path[0].strip()})")
    if patched := _CHECKER.search(cell.source):
        found.append(f"the checker ({patched[0].strip().rstrip('= ')})")
    return found


def _words(source: str) -> set[str]:
    """Names, attributes and imported modules; of code that is no Python, all words after a magic's mark."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source)) if re.search(r"^\s*[!%]", source, re.M) else set()
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Import):
            words.update(part for alias in node.names for part in alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            words.update((node.module or "").split("."), (alias.name for alias in node.names))
        elif isinstance(node, ast.Constant) and node.value == "__import__":
            words.add(node.value)
    return words

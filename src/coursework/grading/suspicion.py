"""Answers that reach for what no answer needs. A list for a person to look at: it proves nothing and stops nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

NETWORK, PROGRAMS, TESTS = "the network", "other programs", "the tests"
FILES, WRITTEN, CHECKER = "files outside its folder", "code that it writes itself", "the checker"
_MODULES = {
    NETWORK: {"socket", "urllib", "urllib3", "requests", "http", "httpx", "ftplib", "smtplib", "aiohttp"},
    PROGRAMS: {"subprocess", "multiprocessing", "pty", "ctypes"},
    TESTS: {"inspect", "gc"},
    WRITTEN: {"importlib", "runpy"},
}
#: Of modules alone: a column or a variable may have these names.
_OF_MODULES = {
    PROGRAMS: {"fork", "forkpty", "system", "popen", "kill", "_exit", "execv", "execve", "execvp", "posix_spawn"},
    FILES: {"walk", "scandir"},
}
_ATTRIBUTES = {TESTS: {"_getframe", "history_manager", "settrace", "setprofile"}, FILES: {"expanduser", "rglob"}}
_NAMES = {TESTS: {"In", "_ih", "setattr", "__builtins__"}, WRITTEN: {"exec", "eval", "compile", "__import__"}}
_SHELL = {"system", "getoutput", "sx", "sc", "bash", "sh", "script", "perl", "ruby", "python", "python3"}
_STRINGS = {
    NETWORK: re.compile(r"(?:https?|ftp|sftp|wss?|s3|gs)://\S+"),
    FILES: re.compile(
        r"file:/\S*|/[\w.-]+/[\w.-]\S*|/(?:etc|root|home|proc|usr|var|srv|opt|mnt|sys|dev)\b\S*|[A-Za-z]:[\\/]\S*"
        r"|~(?:/\S*)?$|\.\.(?:/\S*)?$|\S*gradebook\.db|\S*autograded\S*"
    ),
    TESTS: re.compile(r".*HIDDEN TESTS", re.S),
}
_OPENS = {"Path", "open", "listdir", "chdir", "glob"}  # whose "/" is a folder and no sign


_REFUSED = re.compile(
    r"\b(?:URLError|gaierror|ConnectionError|ConnectionRefusedError|PermissionError)\b"
    r"|Network is unreachable|name resolution|Permission denied"
)


def refused(output: NotebookNode) -> str:
    """What in an output shows that the sandbox refused the network or a file; "" if nothing does."""
    if output.output_type == "error":
        text = f"{output.ename}: {output.evalue}"
    else:
        text = str(output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", ""))
    found = _REFUSED.search(text)
    return found[0] if found else ""


def reaches(cell: NotebookNode) -> list[str]:
    """What the code of a cell reaches for, each with the words that say so."""
    if cell.cell_type != "code":
        return []
    try:
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # does not run
    found: dict[str, set[str]] = {}
    for what, word in _found(tree):
        found.setdefault(what, set()).add(" ".join(word.split())[:80])
    return [f"{what} ({', '.join(sorted(words))})" for what, words in sorted(found.items())]


def _found(tree: ast.Module) -> Iterator[tuple[str, str]]:
    imported = dict(_imported(tree))
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for full in [*imported.values(), *_named(tree)]:
        parts = full.split(".")
        yield from ((what, parts[0]) for what, names in _MODULES.items() if parts[0] in names)
        yield from ((what, part) for what, names in _OF_MODULES.items() for part in parts[1:] if part in names)
        yield from ((what, part) for what, names in _ATTRIBUTES.items() for part in parts[1:] if part in names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in own:
            yield from ((what, node.id) for what, names in _NAMES.items() if node.id in names)
        elif isinstance(node, ast.Attribute):
            yield from ((what, node.attr) for what, names in _ATTRIBUTES.items() if node.attr in names)
            if isinstance(node.value, ast.Name) and node.value.id in imported:
                yield from ((what, node.attr) for what, names in _OF_MODULES.items() if node.attr in names)
            if isinstance(node.ctx, ast.Store) and (patched := _checker(node, imported)):
                yield CHECKER, patched
        elif isinstance(node, ast.Call):
            yield from _called(node)
    for text in _strings(tree):
        yield from (
            (what, where[0].strip()) for what, known in _STRINGS.items() if (where := known.match(text.strip()))
        )


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that imports give, and what they stand for in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}"


def _named(tree: ast.Module) -> Iterator[str]:
    """Modules that a call names in a string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last(node.func) in ("__import__", "import_module"):
            yield from (
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def _texts(call: ast.Call) -> list[str]:
    """The arguments of a call that are texts as they stand."""
    return [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call) -> Iterator[tuple[str, str]]:
    """A folder of all files; what IPython makes of lines and cells with ! and %."""
    texts = _texts(node)
    name = _last(node.func)
    if texts[:1] == ["/"] and name in _OPENS:
        yield FILES, "/"
    shell = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "get_ipython()"
    if shell and name in ("system", "getoutput"):
        yield PROGRAMS, "!" + "".join(texts)
    elif shell and name in ("run_line_magic", "run_cell_magic") and texts and texts[0] in _SHELL:
        yield PROGRAMS, "%" + " ".join(texts)


def _checker(node: ast.Attribute, imported: dict[str, str]) -> str:
    """What an assignment changes, if that is the checker's."""
    written = ast.unparse(node)
    first, _, rest = written.partition(".")
    owners = f"{imported.get(first, first)}.{rest}".rpartition(".")[0]
    return written if re.search(r"(?i)\bcheck(s|er)?\b", owners) else ""


def _strings(tree: ast.Module) -> Iterator[str]:
    """Texts that code uses, so not those that stand alone as a remark."""
    remarks = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in remarks:
            yield node.value

"""The command line: see the package."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
import yaml

from coursebook.lms.export import read_book
from coursework import course, leaks, rules
from coursework.proof import prove
from coursework.samples import handed_out, samples
from coursework.source import Source, read
from coursework.words import CourseworkError

SOURCES = Path("instructor/assignments")
SHORTEST = 8  # signs of a seed: the code of a paper, which students have, lets one try out all shorter ones


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; 0 if all went well, 1 after a list of what is off."""
    chosen = _parser().parse_args(arguments)
    try:
        off = chosen.do(chosen)
    except (CourseworkError, OSError) as problem:
        off = [str(problem)]
    if off:
        print(*off, sep="\n", file=sys.stderr)
    return int(bool(off))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m coursework", description="Set, prove and check assignments.")
    parser.add_argument("--misconceptions", type=Path, default=Path("exercises/misconceptions.yml"))
    commands = parser.add_subparsers(required=True)

    show = commands.add_parser("show", help="print the blueprint, and what rules an assignment breaks")
    show.set_defaults(do=_show)

    prove_it = commands.add_parser("prove", help="run solution, empty version and planted wrong answers")
    prove_it.add_argument("--seed", action="append", dest="seeds", help="of a paper; may be given more than once")
    prove_it.set_defaults(do=_prove)

    make = commands.add_parser("make", help="write the public papers, or a course's own with --seed and --out")
    make.add_argument("--seed", help="a secret of the course; long enough that nobody guesses it")
    make.add_argument("--out", type=Path, help="folder outside the repository, for papers and keys")
    make.add_argument("--roster", type=Path, help="CSV with a column `student`: a paper for each")
    make.add_argument("--site", default="", help="address of the published book, for links")
    make.add_argument("--inventory", type=Path, default=Path("_build/html/objects.inv"), help="of the built site")
    make.add_argument("--public", type=Path, default=Path("exercises"), help="where the public papers go")
    make.add_argument("--package", type=Path, default=Path("data/datapackage.json"))
    make.set_defaults(do=_make)

    try_out = commands.add_parser("samples", help="write three submissions to try grading with")
    try_out.set_defaults(do=_samples)
    try_out.add_argument("--papers", type=Path, help="what `make` wrote for a course; by default the public papers")
    try_out.add_argument("--public", type=Path, default=Path("exercises"), help="where the public papers are")
    try_out.add_argument("--out", type=Path, required=True, help="folder outside the repository: they hold answers")

    find = commands.add_parser("leaks", help="look for solutions and hidden tests in a folder")
    find.add_argument("folder", type=Path)
    find.add_argument("--shown", type=Path, default=Path("chapters"), help="pages whose lines are no secrets")
    find.set_defaults(do=_leaks)

    for command in (show, prove_it, make, try_out, find):
        command.add_argument("sources", type=Path, nargs="*", help=f"assignments; by default all in {SOURCES}")
    return parser


def sources(paths: Iterable[Path]) -> list[Source]:
    """The assignments asked for, or all."""
    found = list(paths) or sorted(path for path in SOURCES.glob("*.md") if path.name != "README.md")
    if not found:
        raise CourseworkError(f"{SOURCES}: holds no assignment; run this from the top of the repository")
    return [read(path) for path in found]


def _show(chosen: argparse.Namespace) -> list[str]:
    known = yaml.safe_load(chosen.misconceptions.read_text("utf-8"))
    off = []
    for source in sources(chosen.sources):
        print(f"{source.name}: {source.title}\n\n{rules.blueprint(source)}\n")
        off += rules.mistakes(source, known)
    return off


def _prove(chosen: argparse.Namespace) -> list[str]:
    off = []
    for source in sources(chosen.sources):
        for seed in chosen.seeds or [course.PUBLIC_SEED]:
            found = prove(source, seed)
            print(f"{source.name}, seed {seed}: {f'{len(found)} problems' if found else 'proved'}", flush=True)
            off += found
    return off


def _make(chosen: argparse.Namespace) -> list[str]:
    found = sources(chosen.sources)
    if not chosen.seed and not chosen.out and not chosen.roster:
        course.write(course.publish(found, chosen.public))
        print(f"{len(found)} assignments in {chosen.public}")
        return []
    if not chosen.seed or not chosen.out:
        return ["a course's papers need both --seed and --out"]
    if chosen.seed == course.PUBLIC_SEED or len(chosen.seed) < SHORTEST:
        return [f"the seed {chosen.seed!r} is public or soon guessed; take for instance {secrets.token_hex(8)}"]
    _refuse_inside(chosen.out, found[0].path)
    students = course.roster(chosen.roster) if chosen.roster else []
    book = read_book(chosen.package, chosen.misconceptions, chosen.inventory, chosen.site)
    texts = course.course(found, chosen.seed, students, book)
    files = {path: text.encode() for path, text in texts.items()}
    files |= course.quizzes(found, chosen.seed, chosen.package, book)
    _write(files, chosen.out)
    print(f"{len(files)} files in {chosen.out}; keep it as you keep an examination")
    return []


def _samples(chosen: argparse.Namespace) -> list[str]:
    found = sources(chosen.sources)
    _refuse_inside(chosen.out, found[0].path)
    papers = []
    for source in found:
        public = chosen.public / f"{source.name}.ipynb"
        own = handed_out(source, chosen.papers) if chosen.papers else (course.PUBLIC_SEED, nbformat.read(public, 4))
        papers.append((source, *own))
    files = {path: text.encode() for path, text in samples(papers).items()}
    _write(files, chosen.out)
    print(f"{len(files)} submissions in {chosen.out}; they hold answers: keep them from students")
    return []


def _write(files: dict[Path, bytes], folder: Path) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _refuse_inside(out: Path, source: Path) -> None:
    """Raise if a folder is in the repository of an assignment: what is there gets published."""
    repository = next(
        (above for above in source.resolve().parents if (above / ".git").exists()), source.resolve().parent
    )
    if out.resolve().is_relative_to(repository):
        raise CourseworkError(
            f"{out}: is inside {repository}, which is published; choose a folder outside, as ../course"
        )


def _leaks(chosen: argparse.Namespace) -> list[str]:
    hidden: dict[str, str] = {}
    for source in sources(chosen.sources):
        hidden |= leaks.secrets(source, course.PUBLIC_SEED)
    hidden = leaks.without(hidden, chosen.shown.glob("*.md"))
    off = leaks.search(chosen.folder, hidden)
    print(f"{len(hidden)} secrets, {len(off)} files that hold one")
    return off


if __name__ == "__main__":
    sys.exit(main())

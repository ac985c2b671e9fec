"""Find the submissions in a folder or a zip, as nbgrader collects them or as a learning platform hands them out."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

LARGEST = 20 << 20  # bytes of one file; a notebook with pictures has a few megabytes
_IGNORED = re.compile(r"^(\.|__MACOSX$|~\$|Thumbs\.db$|desktop\.ini$|timestamp\.txt$)")
# What Canvas and Blackboard put before the name of a file, and Moodle after the name of a student.
_CANVAS = re.compile(r"^(?P<student>[^_]+)_(?:late_)?(?P<user>\d+)_(?P<number>\d+)_(?P<name>.+)$", re.I)
_BLACKBOARD = re.compile(r"^.*?_?(?P<student>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})_(?P<name>.+)$")
_MOODLE = re.compile(r"^(?P<student>.+?)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?$")
_COPY = re.compile(r"(?:-(\d{1,2})|[ _]?\((\d{1,2})\))$")  # what platforms and browsers add: "-2", " (1)"


@dataclass(frozen=True)
class File:
    """One file of a student: where it was found, what it holds, and what tells a later one from an earlier."""

    path: str
    student: str
    name: str
    content: bytes = field(repr=False)
    later: tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """What a person has to look at: whose, which file, and what is the matter."""

    student: str
    path: str
    text: str


class NothingHandedIn(ValueError):
    """The place given is no folder or zip of submissions."""


def collect(place: Path, assignments: Iterable[str]) -> tuple[list[File], list[Problem]]:
    """All files that students handed in, and those that could not be taken.

    Args:
        place: folder or zip: `student/assignment.ipynb`, `student/assignment/assignment.ipynb`, or a platform's names.
        assignments: names of the assignments, to tell a student's folder from an assignment's.

    Raises:
        NothingHandedIn: there is no such place, or it is neither a folder nor a zip.
    """
    problems: list[Problem] = []
    if place.is_dir():
        found = list(_in_folder(place, problems))
    elif zipfile.is_zipfile(place):
        try:
            found = list(_in_zip(place, problems))
        except zipfile.BadZipFile as problem:
            raise NothingHandedIn(f"{place}: is a damaged zip ({problem}): download it again") from None
    else:
        raise NothingHandedIn(f"{place}: is no folder and no zip of submissions")
    known = set(assignments)
    packed = _packed([path for path, _, _ in found], known, problems)
    files = []
    for path, content, changed in found:
        inner = PurePosixPath(*path.parts[1:]) if packed else path
        try:
            student, name, later = _who(inner, changed, known)
        except ValueError:
            problems.append(Problem("", str(path), "has a date in its name that no calendar has: rename it"))
            continue
        if not student:
            problems.append(Problem("", str(path), "says nowhere whose it is: put it into a folder named after them"))
        else:
            files.append(File(str(path), student, name, content, later))
    return files, problems


def _packed(paths: list[PurePosixPath], known: set[str], problems: list[Problem]) -> bool:
    """Whether all lies in one folder named after the course or the week, as in many downloads, and not after a student.

    One student's folder may look like that: where it may be either, a person is told what it was taken for.
    """
    if len({path.parts[0] for path in paths}) != 1 or any(len(path.parts) == 1 for path in paths):
        return False
    folder = paths[0].parts[0]
    if all((len(path.parts) > 2 and path.parts[1] not in known) or _platform(path.parts[1]) for path in paths):
        several = len({path.parts[1] for path in paths}) > 1 or any(_platform(path.parts[1]) for path in paths)
        if not several:
            text = f"is the only one and was taken for the student {folder}: is that a student?"
            problems.append(Problem(folder, str(paths[0]), text))
        return several
    notebooks = [path for path in paths if path.suffix.lower() == ".ipynb" and any(name in path.stem for name in known)]
    owners = sorted({_owner(path.stem, known) for path in notebooks})
    if len(owners) < 2 or any(len(path.parts) > 2 for path in notebooks):
        return False
    packed = "" not in owners
    taken = f"those of {len(owners)} students" if packed else f"those of one student, {folder}"
    names = ", ".join(path.name for path in notebooks)
    text = f"is one folder with files of different names, taken for {taken}: is that right? ({names})"
    problems.append(Problem("", folder, text))
    return packed


def _platform(name: str) -> bool:
    return any(pattern.match(name) for pattern in (_CANVAS, _BLACKBOARD, _MOODLE))


def _who(path: PurePosixPath, changed: float, known: set[str]) -> tuple[str, str, tuple[float, ...]]:
    """Student, plain name of the file, and its rank in time."""
    if len(path.parts) > 1:
        moodle = _MOODLE.match(path.parts[0])
        student = f"{moodle['student']}_{moodle['user']}" if moodle else path.parts[0]
        return student, path.name, (changed, _copy(path.stem))
    if found := _CANVAS.match(path.name):
        return f"{found['student']}_{found['user']}", found["name"], (int(found["number"]), _copy(path.stem))
    if found := _BLACKBOARD.match(path.name):
        when = datetime.strptime(found["when"], "%Y-%m-%d-%H-%M-%S").timestamp()
        return found["student"], found["name"], (when, _copy(path.stem))
    return _owner(path.stem, known), path.name, (changed, _copy(path.stem))


def _owner(stem: str, known: set[str]) -> str:
    """What the name of a file says beside the name of an assignment."""
    stem = _COPY.sub("", stem)
    for assignment in known:
        stem = stem.replace(assignment, "")
    return stem.strip(" -_.")


def _copy(stem: str) -> float:
    found = _COPY.search(stem)
    return float(found[1] or found[2]) if found else 0.0


def _taken(path: PurePosixPath) -> bool:
    return not any(_IGNORED.match(part) for part in path.parts)


def _in_folder(place: Path, problems: list[Problem]) -> Iterator[tuple[PurePosixPath, bytes, float]]:
    for file in sorted(place.rglob("*")):
        # A name that is no text must not break the report.
        path = PurePosixPath(file.relative_to(place).as_posix().encode("utf-8", errors="replace").decode("utf-8"))
        if not _taken(path):
            continue
        if file.is_symlink() or any(parent.is_symlink() for parent in file.parents if parent.is_relative_to(place)):
            problems.append(Problem(path.parts[0], str(path), "is a link to somewhere else and was not followed"))
        elif file.is_file():
            if file.stat().st_size > LARGEST:
                problems.append(_large(path))
            else:
                try:
                    content = file.read_bytes()
                except OSError as problem:
                    problems.append(Problem(path.parts[0], str(path), f"cannot be read: {problem.strerror}"))
                    continue
                yield path, content, file.stat().st_mtime


def _in_zip(place: Path, problems: list[Problem]) -> Iterator[tuple[PurePosixPath, bytes, float]]:
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if entry.is_dir():
                continue
            if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                problems.append(Problem("", entry.filename, "leads out of the zip and was not unpacked"))
            elif stat.S_ISLNK(entry.external_attr >> 16):
                problems.append(Problem(path.parts[0], str(path), "is a link to somewhere else and was not followed"))
            elif not _taken(path):
                continue
            elif entry.file_size > LARGEST:
                problems.append(_large(path))
            else:
                try:
                    with archive.open(entry) as stream:
                        content = stream.read(LARGEST + 1)
                except Exception as problem:  # whatever a broken or encrypted entry can raise, zlib's errors among them
                    problems.append(Problem(path.parts[0], str(path), f"cannot be unpacked: {problem}"))
                    continue
                yield path, content, _time(entry)


def _time(entry: zipfile.ZipInfo) -> float:
    """When a file in a zip was changed; what has no date is older than all that has one."""
    try:
        return datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):  # some programs write zeros
        return 0.0


def _large(path: PurePosixPath) -> Problem:
    return Problem(path.parts[0], str(path), f"has more than {LARGEST >> 20} MB and was not opened")


def latest(files: list[File]) -> tuple[File, list[File], bool]:
    """The last of one student's files for one assignment, the earlier ones, and whether time tells them apart."""
    ordered = sorted(files, key=lambda file: (file.later, file.path))
    tied = len(ordered) > 1 and ordered[-1].later == ordered[-2].later and ordered[-1].content != ordered[-2].content
    return ordered[-1], ordered[:-1], not tied

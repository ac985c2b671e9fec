"""What every assignment keeps to, and its blueprint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from coursework.source import LEVELS, Source

PARTS = range(5, 8)
MINUTES = range(80, 101)
JUDGE = 0.3  # of the points
WRONG, MISCONCEPTIONS = 5, 2
RUBRIC_LEVELS, SAMPLES = 4, 3


def points(source: Source) -> dict[int, dict[str, float]]:
    """Points of the code route by objective and level."""
    table: dict[int, dict[str, float]] = defaultdict(lambda: dict.fromkeys(LEVELS, 0.0))
    for _, cell in source.cells("code"):
        if cell.points:
            table[cell.objective][cell.level] += cell.points
    return dict(sorted(table.items()))


def blueprint(source: Source) -> str:
    """Objectives by levels, in points, and the parts: two tables in Markdown."""
    table = points(source)
    sums = {level: sum(row[level] for row in table.values()) for level in LEVELS}
    lines = [f"| objective | {' | '.join(LEVELS)} | points |", "|---|" + "---:|" * (len(LEVELS) + 1)]
    for objective, row in table.items():
        lines.append(
            f"| {objective} | " + " | ".join(f"{row[level]:g}" for level in LEVELS) + f" | {sum(row.values()):g} |"
        )
    lines.append("| all | " + " | ".join(f"{sums[level]:g}" for level in LEVELS) + f" | {source.total:g} |")
    lines += ["", "| part | kind | objective | minutes | points |", "|---|---|---:|---:|---:|"]
    for part in source.parts:
        lines.append(
            f"| {part.title} | {part.kind} | {part.objective} | {part.minutes} | {source.points(part, 'code'):g} |"
        )
    lines.append(f"| all | | | {source.minutes} | {source.total:g} |")
    return "\n".join(lines)


def mistakes(source: Source, misconceptions: Collection[str] = ()) -> list[str]:
    """One line for each rule that an assignment breaks; `misconceptions` are known ids, any if none are given."""
    found = [*_shape(source), *_rubrics(source), *_wrong(source, misconceptions), *_reader(source)]
    return [f"{source.name}: {each}" for each in found]


def _shape(source: Source) -> Iterator[str]:
    if len(source.parts) not in PARTS:
        yield f"{len(source.parts)} parts; it takes {PARTS.start} to {PARTS.stop - 1}"
    if source.minutes not in MINUTES:
        yield f"{source.minutes} minutes; it takes {MINUTES.start} to {MINUTES.stop - 1}"
    judged = sum(row["judge"] for row in points(source).values())
    if judged < JUDGE * source.total:
        yield f"{judged:g} of {source.total:g} points judge; at least {JUDGE:.0%} do"
    kinds = {part.kind for part in source.parts}
    for needed in ({"clean", "indicator"}, {"chart"}, {"claim"}, {"conflict", "error"}):
        if not kinds & needed:
            yield f"has no part of the kind {' or '.join(sorted(needed))}"
    for part in source.parts:
        one, other = source.points(part, "code"), source.points(part, "reader")
        if not one or one != other:
            yield f"part {part.id}: {one:g} points in code, {other:g} for readers; they are equal and above 0"


def _rubrics(source: Source) -> Iterator[str]:
    written = {cell.id: cell for part in source.parts for cell in part.cells if cell.role == "words"}
    for name in written.keys() ^ source.rubrics.keys():
        yield f"{name}: " + ("has no rubric" if name in written else "a rubric, but no written answer of that id")
    for name in written.keys() & source.rubrics.keys():
        levels, samples = source.rubrics[name]["levels"], source.rubrics[name]["samples"]
        worth = [level["points"] for level in levels]
        if len(levels) != RUBRIC_LEVELS or worth != sorted(worth) or worth[-1] != written[name].points:
            yield f"{name}: {RUBRIC_LEVELS} levels, weakest first, the last worth {written[name].points:g} points"
        if len(samples) != SAMPLES or len({sample["points"] for sample in samples}) < 2:
            yield f"{name}: {SAMPLES} samples on at least two levels"
        if any(sample["points"] > worth[-1] for sample in samples):
            yield f"{name}: a sample has more points than the answer is worth"


def _wrong(source: Source, misconceptions: Collection[str]) -> Iterator[str]:
    cells = {cell.id: (part, cell) for part in source.parts for cell in part.cells}
    named = [wrong["misconception"] for wrong in source.wrong if "misconception" in wrong]
    if len(source.wrong) < WRONG or len(named) < MISCONCEPTIONS:
        yield f"{len(source.wrong)} wrong answers, {len(named)} misconceptions; it takes {WRONG} and {MISCONCEPTIONS}"
    for unknown in sorted(set(named) - set(misconceptions)) if misconceptions else ():
        yield f"misconception {unknown}: is not in the list"
    for wrong in source.wrong:
        if wrong["cell"] not in cells or cells[wrong["cell"]][1].role != "answer":
            yield f"wrong answer {wrong['id']}: {wrong['cell']} is no answer cell"
            continue
        graded = {cell.id for cell in cells[wrong["cell"]][0].cells if cell.role in ("check", "hidden")}
        if set(wrong["points"]) != graded:
            yield f"wrong answer {wrong['id']}: states the points of {', '.join(sorted(graded))}"


def _reader(source: Source) -> Iterator[str]:
    parts = {part.id for part in source.parts}
    for unknown in source.reader.keys() - parts:
        yield f"reader: {unknown} is no part"
    for entries in source.reader.values():
        for entry in entries:
            if entry.get("kind") not in ("number", "text") or not entry.get("points"):
                yield f"reader, {entry.get('id')}: is of kind number or text and has points"
    for part in source.parts:
        if any(cell.role == "answer" for cell in part.cells) and not any(cell.route == "reader" for cell in part.cells):
            yield f"part {part.id}: has code, but no text for readers"

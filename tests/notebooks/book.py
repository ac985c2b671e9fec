"""Read the chapters as tests see them: cells, prose, headings, figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]

#: The parts of a chapter, in their order; the questions come between the guess and the critical reading.
CONTRACT = [
    "In two minutes",
    "Question 1",
    "Read it critically",
    "Check it today",
    "The other exhibits",
    "Practise",
    "What if?",
    "Check yourself",
    "Assignment",
    "Discuss",
    "Summary",
    "Further reading",
]


@dataclass(frozen=True)
class Chapter:
    """One chapter file."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def number(self) -> int:
        return int(self.path.name[0])

    @property
    def is_stub(self) -> bool:
        """Whether the chapter only keeps its place."""
        return "chapter-stub" in self.text

    @property
    def notebook(self) -> NotebookNode:
        return jupytext.read(self.path, fmt="md:myst")

    @property
    def prose(self) -> str:
        """Text of the Markdown cells."""
        return "\n\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading."""
        found = re.findall(r"(?m)^(#{1,6}) (.+)$", _without_fences(self.prose))
        return [(len(marks), text.strip()) for marks, text in found]

    @property
    def exhibits_by_part(self) -> list[str]:
        """For each figure the second-level heading above it."""
        found, heading = [], ""
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                heading = (re.findall(r"(?m)^## (.+)$", _without_fences(cell.source)) or [heading])[-1]
            elif cell.metadata.get("mystnb", {}).get("figure"):
                found.append(heading)
        return found

    @property
    def figures(self) -> dict[str, dict]:
        """Figure metadata by name."""
        figures = [cell.metadata.get("mystnb", {}).get("figure") for cell in self.code]
        return {figure["name"]: figure for figure in figures if figure}


def is_core(heading: str) -> bool:
    """Whether a second-level part belongs to the core path: the questions and the summary."""
    return heading.startswith(("Question ", "Summary"))


def chapters() -> list[Chapter]:
    """All chapters, in their order."""
    return [Chapter(path) for path in sorted((ROOT / "chapters").glob("*.md"))]


def finished() -> list[Chapter]:
    """The chapters that are written."""
    return [chapter for chapter in chapters() if not chapter.is_stub]


def _without_fences(text: str) -> str:
    """Text without the content of fenced code blocks."""
    return re.sub(r"(?ms)^(`{3,})[^\n]*\n.*?^\1\s*$", "", text)

"""Two directives for an instructor guide: `{to-do-list}`, all there is to do in a chapter, and `{misconception-list}`.

Name `coursework.pages` among the extensions of a book. What is listed holds no answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from coursework import contents
from coursework.source import read


class _FromFiles(SphinxDirective):
    """A directive that makes Markdown from files of the book."""

    def file(self, setting: str, name: str = "") -> Path:
        """A file or folder that a setting names; the page is made again when the file changes.

        Sphinx takes a folder, and a file that is not there, for changed at every build: these are not noted, so what
        comes later shows once the page or one of its files is touched.
        """
        path = Path(self.env.srcdir, self.config[setting], name)
        if path.is_file():
            self.env.note_dependency(str(path))
        return path

    def parsed(self, markdown: str) -> list[nodes.Node]:
        """The nodes of a text."""
        box = nodes.Element()
        self.state.nested_parse(StringList(markdown.splitlines(), source=self.env.docname), 0, box)
        return box.children


class ToDoList(_FromFiles):
    """All exercises, self-checks and parts of the assignment of one chapter, named as its file without `.md`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        rows, said = [], []
        chapter = self.file("coursework_chapters", f"{name}.md")
        if chapter.is_file():
            text = chapter.read_text("utf-8")
            said = [f"{number}. {each}" for number, each in enumerate(contents.objectives(text), start=1)]
            rows += contents.exercises(text)
        quiz = self.file("coursework_quizzes", f"{name}.yml")
        if quiz.is_file():
            rows += contents.questions(yaml.safe_load(quiz.read_text("utf-8"))["questions"])
        assignment = self.file("coursework_assignments", f"{name}.md")
        if assignment.is_file():
            rows += contents.parts(read(assignment))
        if not rows:
            raise self.error(f"{name}: no chapter, self-check or assignment has this name")
        return self.parsed("\n".join([*said, "", contents.table(rows)]))


class MisconceptionList(_FromFiles):
    """The list of misreadings, with the self-checks and the assignments that meet them."""

    def run(self) -> list[nodes.Node]:
        known = yaml.safe_load(self.file("coursebook_misconceptions").read_text("utf-8"))
        places = {}
        for kind, setting in {"self-check": "coursework_quizzes", "assignment": "coursework_assignments"}.items():
            folder = self.file(setting)
            for path in folder.glob("*.yml"):
                self.file(setting, path.name)
            places[kind] = contents.met(folder)
        return self.parsed(contents.misconceptions(known, places))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings and the directives."""
    app.add_config_value("coursework_chapters", "chapters", "env", [str])
    app.add_config_value("coursework_quizzes", "exercises/quizzes", "env", [str])
    app.add_config_value("coursework_assignments", "instructor/assignments", "env", [str])
    app.add_directive("to-do-list", ToDoList)
    app.add_directive("misconception-list", MisconceptionList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

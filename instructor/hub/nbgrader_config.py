"""nbgrader on the hub: where the course, the exchange and the gradebook are, and what grading needs to be fair."""

import os
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

from coursework import versions

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = os.environ["COURSE"]
# A folder that everybody may enter; nbgrader makes what is in it, and lets students drop but not look.
c.Exchange.root = os.environ.get("EXCHANGE", "/srv/nbgrader/exchange")

if os.environ["JUPYTERHUB_USER"] == os.environ["COURSE"]:
    c.CourseDirectory.root = str(Path.home() / "course")
    # Over the socket PostgreSQL knows the account that asks (peer authentication): there is no password to keep.
    c.CourseDirectory.db_url = os.environ.get("GRADEBOOK", "postgresql+psycopg:///dualcirc?host=/var/run/postgresql")

# The words for an empty answer are those of the papers, so that an untouched one is known.
c.ClearSolutions.code_stub = {"python": versions.CODE_STUB}
c.ClearSolutions.text_stub = versions.WORDS_STUB
# Else a warning of a library on stderr takes all points of a test.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."
# Else feedback pages print the hidden tests.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]

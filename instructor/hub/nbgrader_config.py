"""nbgrader on the hub: where the course, the exchange and the gradebook are."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = os.environ["COURSE"]
# A folder that everybody may enter; nbgrader makes what is in it, and lets students drop but not look.
c.Exchange.root = os.environ.get("EXCHANGE", "/srv/nbgrader/exchange")

if os.environ["JUPYTERHUB_USER"] == os.environ["COURSE"]:
    c.CourseDirectory.root = str(Path.home() / "course")
    # Over the socket PostgreSQL knows the account that asks (peer authentication): there is no password to keep.
    c.CourseDirectory.db_url = os.environ.get("GRADEBOOK", "postgresql+psycopg:///dualcirc?host=/var/run/postgresql")
    # Grades as `make grade` does: in the sandbox, warnings cost nothing, no hidden tests in feedback.
    load_subconfig("nbgrader_config.py", path=str(Path(__file__).resolve().parents[1] / "grading"))  # noqa: F821

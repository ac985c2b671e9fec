"""Grades what students handed in: nbgrader's rules and gradebook, with each submission in a sandbox of its own.

    python -m coursework.grading SUBMISSIONS --papers FOLDER --out FOLDER

:mod:`collect` finds the files, :mod:`papers` the paper that each answers, :mod:`mend` puts damaged notebooks right,
:mod:`execute` runs them in :mod:`sandbox` as a step of nbgrader, :mod:`feedback` cleans what goes back to students,
:mod:`course` keeps the folder that nbgrader works in, :mod:`workers` spreads the work, :mod:`report` writes it up.
"""

import sys

# On import, jsonschema builds a grammar for one format of address, which takes seconds in every process of ours.
# It does without where this package is missing, and nothing in grading checks that format.
sys.modules.setdefault("rfc3987_syntax", None)

"""nbgrader as this book grades with it. README.md says why each setting is as it is.

`make grade` reads it, and so does nbgrader itself (`nbgrader formgrader`) in the folder that `make grade` writes.
"""

from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from coursework import versions
from coursework.grading.execute import RunSubmission
from coursework.grading.feedback import ClearFeedback, FeedbackPage, clean
from dualcirc import data

c = get_config()  # noqa: F821 -- nbgrader provides it

# Papers: the same words for an empty answer as in the student's notebook, so that an untouched one is known.
c.ClearSolutions.code_stub = {"python": versions.CODE_STUB}
c.ClearSolutions.text_stub = versions.WORDS_STUB

# Grading.
c.Autograde.autograde_preprocessors = [
    RunSubmission, IgnorePattern, ClearMetadataPreprocessor, LimitOutput,
    SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
]  # fmt: skip
c.RunSubmission.timeout = 30
c.RunSubmission.seconds = 300
c.RunSubmission.memory = 4096
c.RunSubmission.disk = 256
c.RunSubmission.processes = 64
c.RunSubmission.modules = ["pandas", "altair", "dualcirc.checks"]
c.RunSubmission.visible = [str(data.folder())]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."  # anything on stderr: a warning must not cost points
c.LimitOutput.max_lines = 500

# Feedback.
c.GenerateFeedback.exporter_class = FeedbackPage
c.GenerateFeedback.preprocessors = [GetGrades, ClearFeedback, ClearHiddenTests]
c.FeedbackPage.extra_template_basedirs = [str(Path(__file__).parent / "templates")]
c.FeedbackPage.template_name = "feedback"
c.FeedbackPage.filters = {"clean": clean}

"""Self-checks for learning platforms and for paper: Canvas (QTI), Moodle (XML), a hand-out and its key.

    python -m coursebook.lms exercises/quizzes data/datapackage.json _build/lms

The questions of a page are public, so they are exported as practice. Siblings of computed questions, which no page
shows, go into files of their own, as pools for marked quizzes. `words` turns MyST into what each format reads;
`canvas`, `moodle` and `paper` write one question each; `export` reads, collects mistakes and writes files.
"""

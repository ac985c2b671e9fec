"""Sets, proves and grades assignments: one MyST source, any number of papers. Knows no report.

    python -m coursework show|make|prove|leaks ...

The format of a source is described where a course keeps its sources (here `instructor/assignments/README.md`).
"""

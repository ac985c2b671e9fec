"""What every part of the tool says when a source is off."""

from __future__ import annotations


class CourseworkError(ValueError):
    """An assignment says something that cannot be; the message names file, cell, and what would be right."""

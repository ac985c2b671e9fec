"""Sentences that checks of every kind say."""

from __future__ import annotations


def unforeseen(name: str, error: Exception) -> str:
    """What to tell a student whose answer made a check itself fail: it costs an item and never the whole test."""
    why = f"{type(error).__name__}: {shortened(str(error))}"
    return f"`{name}` is not what was asked for, and cannot be read ({why}): print it and look at its form"


def shortened(text: str, width: int = 80) -> str:
    """The first line of a text, cut to a width: answers may be very long."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= width else line[: width - 1] + "…"

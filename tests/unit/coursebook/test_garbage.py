"""What a build sets aside stays out of the search for garbage until the next build; the rest is found."""

from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

from coursebook import garbage


def test_what_stands_is_set_aside_and_what_comes_later_is_found() -> None:
    before, connected = gc.get_threshold(), {}
    app: Any = SimpleNamespace(connect=lambda event, call, **_: connected.setdefault(event, call))
    try:
        garbage.setup(app)
        connected["env-updated"](app, None)
        assert gc.get_freeze_count() > 1000 and gc.get_threshold() == garbage.SELDOM
        ring: list[Any] = []
        ring.append(ring)
        del ring
        assert gc.collect() > 0
        connected["build-finished"](app, None)
        assert gc.get_threshold() == before
        garbage.setup(app)  # the next build
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)

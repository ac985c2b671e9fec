"""A kernel that lost its port to another gets another try; what the code did wrong does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from coursebook import execution

APP: Any = SimpleNamespace(env=SimpleNamespace(docname="page"))


def run_that(*outcomes: Any) -> tuple[Any, list[Any]]:
    """A function that runs a notebook with these outcomes, one after the other, and the notebooks it was given."""
    given: list[Any] = []

    def run(notebook: Any, *, cwd: str) -> Any:
        outcome = outcomes[len(given)]
        given.append(notebook)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return execution.watched(run, APP), given


LOST = RuntimeError("Kernel died before replying to kernel_info")
GOOD = SimpleNamespace(err=None)


def test_a_kernel_that_died_at_its_start_is_started_again() -> None:
    run, given = run_that(LOST, LOST, GOOD)
    assert run("notebook", cwd=".") is GOOD
    assert given == ["notebook"] * execution.KERNEL_STARTS


@pytest.mark.parametrize(
    ("outcomes", "starts"),
    [([LOST] * execution.KERNEL_STARTS, execution.KERNEL_STARTS), ([RuntimeError("no such kernel"), GOOD], 1)],
    ids=["always", "another error"],
)
def test_an_error_that_another_start_does_not_mend_is_raised(outcomes: list[Any], starts: int) -> None:
    run, given = run_that(*outcomes)
    with pytest.raises(RuntimeError, match=str(outcomes[0])):
        run("notebook", cwd=".")
    assert len(given) == starts


def test_code_that_fails_runs_once_and_the_warning_names_page_line_and_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(execution, "warn", lambda *words: said.append(words))
    output = SimpleNamespace(output_type="error", ename="KeyError", evalue="'GDP'")
    notebook = SimpleNamespace(metadata={"source_map": [4, 9]}, cells=[{}, {"outputs": [output]}])
    run, given = run_that(SimpleNamespace(err=KeyError("GDP")))
    run(notebook, cwd=".")
    assert said == [(execution.Kind.EXECUTION, "cell 2 failed: KeyError: 'GDP'", ("page", 10))]
    assert len(given) == 1

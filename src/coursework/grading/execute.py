"""Run a submission as a step of nbgrader's autograding: in the sandbox, with an end to time, memory and output."""

from __future__ import annotations

import atexit
import json
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer, List, Unicode

from coursework.grading.sandbox import WHY, Kernel, Limits, Sandbox

CUT = "... more output was cut ..."
STOPPED = "NotebookStopped"
LARGEST_MESSAGE = 10 << 20  # bytes; a kernel that sends more is cut off, so that it cannot fill the grader's memory

_sandboxes: dict[tuple, Sandbox] = {}


@atexit.register
def _close() -> None:
    for sandbox in _sandboxes.values():
        sandbox.close()


class RunSubmission(Execute):
    """nbgrader's Execute. After a kernel has died, what it did before still counts."""

    sandboxed = Bool(True, help="Run in the sandbox; without it a submission can do all that you can.").tag(config=True)
    modules = List(Unicode(), help="What notebooks import: imported once, before any submission.").tag(config=True)
    visible = List(Unicode(), help="Files and folders that notebooks read, besides Python.").tag(config=True)
    memory = Integer(Limits.memory, help="Megabytes of memory for one submission.").tag(config=True)
    disk = Integer(Limits.disk, help="Megabytes that one submission may write, to each of two folders.").tag(
        config=True
    )
    processes = Integer(Limits.processes, help="Processes and threads of one submission.").tag(config=True)
    seconds = Integer(Limits.seconds, help="Seconds for a whole notebook; `timeout` is for a cell.").tag(config=True)
    output_limit = Integer(200_000, help="Characters of output that are kept of one cell.").tag(config=True)

    raise_on_iopub_timeout = Bool(False)  # output that never arrives must not cost the whole notebook

    def sandbox(self) -> Sandbox:
        """This process's sandbox, started when it is first needed or when the last one broke."""
        limits = Limits(self.memory, self.disk, self.processes, self.seconds)
        key = (tuple(self.visible), tuple(self.modules), limits)
        if key not in _sandboxes or not _sandboxes[key].alive:
            _sandboxes[key] = Sandbox(self.visible, self.modules, limits)
        return _sandboxes[key]

    def create_kernel_manager(self) -> KernelManager:
        """A manager whose kernel starts in the sandbox."""
        manager = AsyncKernelManager(kernel_name="python3", config=self.config)
        manager.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        if self.sandboxed:
            manager.provisioner = Kernel(kernel_id="submission", kernel_spec=manager.kernel_spec, parent=manager)
            manager.provisioner.sandbox = self.sandbox()
        self.km = manager
        return manager

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """Run the notebook."""
        self.stopped, self.kept = "", {}
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Run a cell, or say why it could not run."""
        if not self.stopped:
            provisioner = self.km.provisioner
            try:
                return super().preprocess_cell(cell, resources, index)
            except DeadKernelError:
                self.stopped = WHY.get(getattr(provisioner, "status", None), "its own code ended its kernel")
        if cell.cell_type == "code" and cell.source.strip():
            # A test without output would count as passed.
            cell.outputs = [*cell.get("outputs", []), _error(f"the notebook was stopped: {self.stopped}")]
        return cell, resources

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Keep a message, or cut it when a cell has said too much. Results and errors are kept, but shortened.

        What widgets say to a browser is dropped: nbclient would keep all of it.
        """
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm_"):  # of widgets, which nobody is there to use
            return None
        if kind in ("stream", "display_data", "update_display_data", "execute_result", "error"):
            size = len(json.dumps(content, default=str))
            before = self.kept.get(cell_index, 0)
            self.kept[cell_index] = before + size
            if before + size > self.output_limit:
                if kind in ("stream", "display_data", "update_display_data"):
                    if before <= self.output_limit:
                        cell.outputs.append(new_output("stream", name="stdout", text=f"\n{CUT}\n"))
                    return None
                msg["content"] = _shortened(content)
        return super().process_message(msg, cell, cell_index)


def _error(text: str) -> NotebookNode:
    return new_output("error", ename=STOPPED, evalue=text, traceback=[f"{STOPPED}: {text}"])


def _shortened(content: dict[str, Any]) -> dict[str, Any]:
    """A result or an error with nothing long in it."""
    if "data" in content:
        return {**content, "data": {"text/plain": str(content["data"].get("text/plain", ""))[:1000]}}
    evalue = str(content.get("evalue", ""))[:1000]
    return {**content, "evalue": evalue, "traceback": [f"{content.get('ename')}: {evalue}"]}

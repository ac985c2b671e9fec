"""Where submissions run: a bubblewrap sandbox that shows them the system, Python and what notebooks import.

The sandbox is closed: a place is visible because it is listed here, not because it was not hidden. Inside runs
:mod:`coursework.grading.zygote`, which forks a kernel for each submission into a smaller sandbox of its own.
:class:`Kernel` is how Jupyter's kernel manager starts and stops these.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from coursework.grading import zygote

#: Parts of the system that programs need to start; nothing of it is private.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")
#: What the zygote needs to make a smaller sandbox for each submission, and to watch it; submissions have none of it.
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "SYS_RESOURCE", "SYS_PTRACE", "DAC_OVERRIDE", "KILL")
ROOT_USER = 600_000_000  # the first of the user ids that submissions get where the grader runs as root
WHY = {
    zygote.OUT_OF_MEMORY: "it used more memory than the limit",
    zygote.OUT_OF_TIME: "it used more time than the limit for a whole notebook",
    zygote.TOO_MANY_PROCESSES: "it started more processes than the limit",
    zygote.BROKEN: "the sandbox could not start it",
}


class SandboxUnavailable(RuntimeError):
    """This machine cannot run the sandbox; the message says why."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Memory and disk in megabytes, seconds of the whole notebook."""

    memory: int = 4096
    disk: int = 256
    processes: int = 64
    seconds: int = 300


class Sandbox:
    """A running sandbox, one for each grading process; kernels start in it one after the other."""

    def __init__(self, visible: Sequence[str], modules: Sequence[str], limits: Limits | None = None) -> None:
        """Start it and wait until its libraries are imported.

        Args:
            visible: files and folders that notebooks read, shown read-only at their own path.
            modules: what notebooks import; imported once, before any submission.
            limits: what one submission may use.

        Raises:
            SandboxUnavailable: there is no bubblewrap here, or it may not do what it must.
        """
        program = shutil.which("bwrap")
        if not program:
            raise SandboxUnavailable("bubblewrap (the program bwrap) is not installed")
        self.runtime = Path(tempfile.mkdtemp(prefix="grade-"))
        self.count = 0
        self.uid = ROOT_USER + os.getpid() if os.geteuid() == 0 else zygote.STUDENT
        places = _places(visible, modules)
        settings = json.dumps({**asdict(limits or Limits()), "uid": self.uid, "shown": _shown(places)})
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 -- read when it fails, closed with the sandbox
        place = Path(sys.executable).parent.resolve()  # the sandbox shows no link to it
        interpreter = str(place / Path(sys.executable).name)
        python = [interpreter, "-s", "-P", "/grading/zygote.py", settings, *modules]
        self.process = subprocess.Popen(
            [program, *_arguments(self.runtime, places, modules), "--", *python],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, env={},
        )  # fmt: skip
        self._answer(120)

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self.process.poll() is None

    def ask(self, **request: Any) -> int | None:
        """Send a request to the zygote; the exit code of the last kernel, None while it runs."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError:
            raise SandboxUnavailable(self.said()) from None
        return self._answer(30).get("status")

    def _answer(self, seconds: float) -> dict[str, Any]:
        """One line from the zygote."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            problem = self.said()
            self.close()
            raise SandboxUnavailable(problem)
        return json.loads(line)

    def said(self) -> str:
        """The last line that bubblewrap or the zygote wrote about what went wrong."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it did not answer"

    def socket_folder(self) -> Path:
        """A new empty folder for the sockets of one kernel, which may write there."""
        self.count += 1
        folder = self.runtime / str(self.count)
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.uid)
        return folder

    def close(self) -> None:
        """End the sandbox and everything in it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            pipe.close()
        shutil.rmtree(self.runtime, ignore_errors=True)


class Kernel(KernelProvisionerBase):
    """One kernel in the sandbox, as Jupyter's kernel manager sees it. It talks through sockets that are files."""

    sandbox: Sandbox | None = None  # set by whoever makes it
    status: int | None = None
    running = False

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleared away."""
        return self.running

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets and key."""
        folder = self.sandbox.socket_folder()
        manager = self.parent
        manager.transport, manager.ip, manager.connection_file = "ipc", str(folder / "k"), str(folder / "connection")
        manager.kernel_spec.interrupt_mode = "message"  # signals do not reach into its process space
        manager.write_connection_file()
        Path(manager.connection_file).unlink()  # the kernel gets its own copy
        self.number, self.connection_info = folder.name, manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a kernel inside the sandbox."""
        key = self.connection_info["key"]
        connection = {**self.connection_info, "key": key.decode() if isinstance(key, bytes) else key}
        self.sandbox.ask(do="start", number=self.number, connection=connection)
        self.running = True
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel runs, its exit code afterwards."""
        if self.running and self.status is None:
            self.status = self.sandbox.ask(do="poll")
        return self.status if self.running else 0

    async def wait(self) -> int | None:
        """Kill what still runs: a submission has nothing to save."""
        await self.kill()
        return self.status

    async def send_signal(self, signum: int) -> None:
        """Signals end the kernel; interrupts travel as messages."""
        await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything that it started."""
        if self.running and self.status is None:
            self.status = self.sandbox.ask(do="stop")

    async def terminate(self, restart: bool = False) -> None:
        """As kill."""
        await self.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets."""
        await self.kill()
        self.running = False
        shutil.rmtree(self.sandbox.runtime / self.number, ignore_errors=True)


def _outside(modules: Sequence[str]) -> list[Path]:
    """Folders of those packages that are not installed in this Python's own folders, but linked to a checkout."""
    found = []
    for name in dict.fromkeys(module.partition(".")[0] for module in modules):
        spec = importlib.util.find_spec(name)
        for place in map(Path, (spec and spec.submodule_search_locations) or []):
            if not any(place.resolve().is_relative_to(Path(each).resolve()) for each in (sys.prefix, sys.base_prefix)):
                found.append(place.resolve())
    return found


def _places(visible: Sequence[str], modules: Sequence[str]) -> list[Path]:
    """What submissions see of this machine beside the system: Python, its packages, and what notebooks read."""
    wanted = (sys.base_prefix, sys.prefix, *visible, *_outside(modules))
    return list(dict.fromkeys(Path(each).resolve() for each in wanted))


def _shown(places: Sequence[Path]) -> dict[str, str]:
    """Places below /tmp, by where they wait: a submission has an empty /tmp of its own, and sees them in it again."""
    below = [place for place in places if place.is_relative_to("/tmp") and not set(place.parents) & set(places)]
    return {f"{zygote.SHOWN}/{number}": str(place) for number, place in enumerate(below)}


def _arguments(runtime: Path, places: Sequence[Path], modules: Sequence[str]) -> list[str]:
    """bubblewrap's command line."""
    root = os.geteuid() == 0
    words = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for capability in CAPABILITIES:
        words += ["--cap-add", f"CAP_{capability}"]
    if not root:
        words += ["--unshare-user", "--uid", str(zygote.STUDENT), "--gid", str(zygote.STUDENT)]
    for place in SYSTEM:
        if Path(place).is_symlink():
            words += ["--symlink", str(Path(place).readlink()), place]
        elif Path(place).exists():
            words += ["--ro-bind", place, place]
    for name in SETTINGS:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for folder in ("/home", str(zygote.HOME), "/grading"):
        words += ["--dir", folder]
    for folder in sorted({parent for place in places for parent in place.parents[:-1]}):
        words += ["--dir", str(folder)]  # made by --ro-bind they would be closed to the submission's user
    for place in places:
        words += ["--ro-bind", str(place), str(place)]
    for waits, place in _shown(places).items():
        words += ["--ro-bind", place, waits]
    words += ["--bind", str(runtime), str(zygote.KERNELS), "--dir", str(zygote.KERNEL)]
    words += ["--ro-bind", zygote.__file__, "/grading/zygote.py", "--chdir", "/", "--remount-ro", "/"]
    environment = {
        "HOME": str(zygote.HOME), "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "NBGRADER_EXECUTION": "autograde",
        # A library that starts threads of its own could not be forked.
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip
    packages = _outside(modules)
    if packages:
        environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(str(package.parent) for package in packages))
    for name, value in environment.items():
        words += ["--setenv", name, value]
    return words


def try_out() -> None:
    """Start a kernel's whole sandbox once and end it.

    Raises:
        SandboxUnavailable: with what this machine does not allow.
    """
    sandbox = Sandbox([], [])
    try:
        connection = {f"{name}_port": port for port, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
        connection |= {"transport": "ipc", "key": "try", "signature_scheme": "hmac-sha256"}
        sandbox.ask(do="start", number=sandbox.socket_folder().name, connection=connection)
        for _ in range(600):
            if sandbox.ask(do="poll") is not None:
                raise SandboxUnavailable(sandbox.said())
            if len(list((sandbox.runtime / "1").iterdir())) == len(connection) - 3:
                return
            time.sleep(0.1)
        raise SandboxUnavailable("a kernel in it does not start")
    finally:
        sandbox.close()

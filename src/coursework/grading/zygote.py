"""The program inside the sandbox: it imports the slow libraries once, then forks one kernel for each submission.

It runs as a script (nothing of this project but what notebooks import is visible there) and answers JSON lines on
its standard input: ``start``, ``poll``, ``stop``. Student code never runs in it. Each kernel gets, before its first
line of student code, a process space, mounts, network, home and temporary folder of its own, as well as a user
namespace in which it has no rights; all of it is gone when the kernel ends.

Three processes stand between the zygote and the outside world, for one submission: the *keeper* waits, *init* is
process 1 of the new process space and ends everything when time or memory is used up, and the *kernel* runs
the notebook.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

HOME = Path("/home/student")
KERNELS = Path("/grading/kernels")  # shared with the grader: one folder of sockets for each submission
KERNEL = Path("/grading/kernel")  # where a submission sees its own
SHOWN = Path("/grading/shown")  # what stands below /tmp outside, kept at hand while a submission's own /tmp covers it
STUDENT = 1000  # user and group id inside the sandbox

# Exit codes of init that say why it ended a submission (the kernel's own codes are passed on).
OUT_OF_MEMORY, OUT_OF_TIME, TOO_MANY_PROCESSES, BROKEN = 101, 102, 103, 104

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 8, 32, 4096, 1 << 14, 1 << 18
_DEATH_SIGNAL, _CAPABILITY_DROP, _NO_NEW_PRIVILEGES = 1, 24, 38
_LAST_CAPABILITY = 63


def _call(name: str, *arguments: object) -> None:
    """A function of the C library; errors become OSError."""
    if getattr(_LIBC, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}{arguments}: {os.strerror(ctypes.get_errno())}")


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    _call("mount", source.encode(), str(target).encode(), kind and kind.encode(), flags, options.encode())


def _seal(place: Path) -> None:
    """Make a mount read-only. What else it forbids must be said again, or the system refuses."""
    forbids = os.statvfs(place).f_flag & (_NO_SUID | _NO_DEV | _NO_EXEC)
    _mount("none", place, None, _REMOUNT | _BIND | _READ_ONLY | forbids)


def _private_places(number: str, limits: dict) -> None:
    """Mounts that only this submission sees: processes, home, temporary files, its sockets."""
    _mount("none", Path("/"), None, _RECURSIVE | _PRIVATE)
    _mount("proc", Path("/proc"), "proc", _NO_SUID | _NO_DEV | _NO_EXEC)
    _mount(str(KERNELS / number), KERNEL, None, _BIND)
    _mount("tmpfs", KERNELS, "tmpfs", _READ_ONLY | _NO_SUID | _NO_DEV, "size=4k")
    owner = f"mode=700,uid={limits['uid']},gid={limits['uid']}"
    for place, megabytes in ((HOME, limits["disk"]), (Path("/tmp"), limits["disk"]), (Path("/dev/shm"), 64)):
        _mount("tmpfs", place, "tmpfs", _NO_SUID | _NO_DEV, f"size={megabytes}m,nr_inodes=20000,{owner}")
    for waits, place in limits["shown"].items():
        _show_again(Path(waits), Path(place))
    _seal(Path("/dev"))


def _show_again(source: Path, place: Path) -> None:
    """Show a file or folder once more, read-only, where an empty folder has covered it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    _mount(str(source), place, None, _BIND)
    _seal(place)


def _become_student(limits: dict, ready: int, go: int) -> None:
    """Give up every right: files, standard streams, limits, user, capabilities."""
    os.setsid()
    _call("unshare", _NEW_USER)
    os.write(ready, b".")
    os.read(go, 1)  # init maps the user meanwhile
    Path("/proc/sys/user/max_user_namespaces").write_text("0")  # no namespaces, and so no mounts, of its own
    Path("/proc/self/oom_score_adj").write_text("1000")
    megabyte = 1 << 20
    for which, amount in (
        (resource.RLIMIT_AS, limits["memory"] * megabyte),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, limits["disk"] * megabyte),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (amount, amount))
    with contextlib.suppress(PermissionError):  # forbidden below an ordinary user, who can give no groups anyway
        os.setgroups([])
    os.setresgid(STUDENT, STUDENT, STUDENT)
    for capability in range(_LAST_CAPABILITY + 1):
        _LIBC.prctl(_CAPABILITY_DROP, capability, 0, 0, 0)
    os.setresuid(STUDENT, STUDENT, STUDENT)
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header, nobody = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _call("capset", header, nobody)
    os.umask(0o077)
    os.chdir(HOME)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.closerange(3, 1024)


def _kernel(limits: dict, connection: dict, ready: int, go: int) -> None:
    """The process of the submission. Never returns."""
    try:
        _become_student(limits, ready, go)
        file = HOME / ".connection.json"
        file.write_text(json.dumps(connection))
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=["-f", str(file), "--HistoryManager.hist_file=:memory:"])
    except BaseException as problem:
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(problem).__name__}: {problem}\n".encode())
        os._exit(BROKEN if not isinstance(problem, SystemExit) else 0)
    os._exit(0)


def _memory(processes: list[Path], enough: int) -> int:
    """Megabytes that processes hold. Forks share pages, which are counted once, but only if it comes to that."""
    held = sum(map(_unshared, processes))
    if held >> 10 > enough:
        held = sum(map(_own_part, processes))
    return held >> 10


def _unshared(process: Path) -> int:
    """Kilobytes that no file backs; what forks share counts in each of them."""
    try:
        _size, resident, shared = (process / "statm").read_text().split()[:3]
    except (OSError, ValueError):
        return 0  # it has just ended
    return (int(resident) - int(shared)) * (resource.getpagesize() >> 10)


def _own_part(process: Path) -> int:
    """Kilobytes that no file backs; what several share is divided among them."""
    try:
        rows = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return _unshared(process)
    return sum(int(row.split()[1]) for row in rows if row.startswith("Pss_Anon:"))


def _init(request: dict, limits: dict) -> None:
    """Process 1 of the submission: prepare, start the kernel, watch it. Never returns."""
    _call("prctl", _DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    _private_places(request["number"], limits)
    connection = {**request["connection"], "ip": str(KERNEL / "k")}
    ready, says_ready = os.pipe()
    waits_for_go, go = os.pipe()
    kernel = os.fork()
    if not kernel:
        _kernel(limits, connection, says_ready, waits_for_go)
    os.close(says_ready)
    if not os.read(ready, 1):
        os._exit(BROKEN)
    for table in ("uid_map", "gid_map"):
        Path(f"/proc/{kernel}/{table}").write_text(f"{STUDENT} {limits['uid']} 1")
    os.write(go, b".")
    sockets = [Path(f"{connection['ip']}-{connection[key]}") for key in connection if key.endswith("_port")]
    sealed, end = False, time.monotonic() + limits["seconds"]
    while True:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == kernel:
                    os._exit(os.waitstatus_to_exitcode(ended[1]) & 0xFF)
        if not sealed and all(socket.exists() for socket in sockets):
            # The sockets stand: from here on the submission can write into its own home and temporary folder only.
            _seal(KERNEL)
            sealed = True
        processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        for code, broken in (
            (TOO_MANY_PROCESSES, len(processes) > limits["processes"] + 2),
            (OUT_OF_MEMORY, _memory(processes, limits["memory"]) > limits["memory"]),
            (OUT_OF_TIME, time.monotonic() > end),
        ):
            if broken:
                os._exit(code)
        time.sleep(0.1 if sealed else 0.01)


def _keeper(request: dict, limits: dict) -> None:
    """Open the new namespaces and wait in the old ones. Never returns."""
    try:
        os.setsid()
        _call("prctl", _DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        _call("unshare", _NEW_MOUNTS | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET)
        child = os.fork()
        if not child:
            _init(request, limits)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    except BaseException as problem:
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(problem).__name__}: {problem}\n".encode())
        os._exit(BROKEN)


def main(limits: dict, modules: list[str]) -> None:
    """Import `modules`, say so, and serve requests until the input ends."""
    sys.modules["rfc3987_syntax"] = None  # see the package: jsonschema, which Altair imports, does without
    for name in ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", *modules):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    del sys.modules["rfc3987_syntax"]
    gc.freeze()  # kernels share what is imported, and need not search it for garbage
    print(json.dumps({"ready": True}), flush=True)
    keeper, status = 0, None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "start":
            status, keeper = None, os.fork()
            if not keeper:
                _keeper(request, limits)
        elif keeper:
            if request["do"] == "stop":
                os.kill(keeper, signal.SIGKILL)
            ended, code = os.waitpid(keeper, 0 if request["do"] == "stop" else os.WNOHANG)
            if ended:
                keeper, status = 0, os.waitstatus_to_exitcode(code)
        print(json.dumps({"status": status}), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])

"""A class on one machine: accounts, PostgreSQL and a JupyterHub that runs instructor/hub, all ended and removed after.

Every server listens on the loopback interface alone. Accounts are real ones of the machine (they are made and removed
here, which needs root), since file permissions between accounts are what keeps people apart on such a hub.
"""

from __future__ import annotations

import contextlib
import grp
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
import websocket

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "instructor/hub"
#: Debian's: people's accounts must be able to run it, and one under /root they cannot.
PYTHON = "/usr/bin/python3"
#: The proxy comes from npm; PyPI has none.
PROXY = "configurable-http-proxy@5.3.0"
COURSE = "dualcirc"
GROUPS = ("dualcirc-students", "dualcirc-instructors")
#: Account and the group it is in.
PEOPLE = {"dualcirc-ada": GROUPS[0], "dualcirc-bo": GROUPS[0], "dualcirc-ivy": GROUPS[1]}
#: Marks the accounts that are ours to remove, also those that an interrupted run left.
MARK = "made by tests/hub.py"
#: Seconds that a hub or a server may take to start on a busy machine.
START = 180


def missing() -> str | None:
    """What this machine lacks for a hub, as one sentence with the remedy; None when all is there."""
    if os.name != "posix" or not Path("/etc/debian_version").is_file():
        return "the check of the hub makes Debian accounts and runs Debian's PostgreSQL: run it on Debian or Ubuntu"
    if os.geteuid() != 0:
        return "the check of the hub makes accounts and starts servers as them: run it as root"
    here = {
        "npm": shutil.which("npm"),
        "git": shutil.which("git"),
        "bubblewrap": shutil.which("bwrap"),
        "postgresql": postgres_programs(),
        "python3-venv": _succeeds(PYTHON, "-c", "import ensurepip, sys; assert sys.version_info >= (3, 11)"),
    }
    if lacking := " ".join(package for package, found in here.items() if not found):
        return f"the check of the hub needs more programs: apt-get install {lacking}"
    strangers = [name for name in (COURSE, *PEOPLE) if (account := _account(name)) and account.pw_gecos != MARK]
    if strangers:
        return f"this machine has an account {strangers[0]} that the check of the hub did not make: it stays away"
    return None


def postgres_programs() -> Path | None:
    """Folder with initdb and pg_ctl of the newest PostgreSQL that Debian's package installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda path: int(path.parent.name), default=None)


def install(folder: Path) -> Path:
    """A virtual environment with what the hub and its servers run, in `folder`; made again when a requirement changed.

    Returns the folder of its programs, the proxy among them.
    """
    state = hashlib.sha256(PROXY.encode() + (ROOT / "requirements-hub.txt").read_bytes()).hexdigest()
    marker, programs = folder / "installed", folder / "bin"
    if not (marker.is_file() and marker.read_text() == state):
        _run(PYTHON, "-m", "venv", "--clear", folder)
        pip = (programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(*pip, "-r", ROOT / "requirements-hub.txt")
        _run(*pip, "--no-deps", "-e", ROOT)  # with the data, which stands beside the sources
        _run("npm", "install", "--silent", "--no-fund", "--no-audit", "--global", "--prefix", folder, PROXY)
        marker.write_text(state)
    return programs


@contextlib.contextmanager
def accounts(homes: Path) -> Iterator[dict[str, str]]:
    """The course's account, which nobody can log in as, and the people's, with their passwords."""
    _remove_accounts()
    try:
        for group in GROUPS:
            _run("groupadd", group)
        # HOME_MODE: as Debian's adduser makes homes.
        add = ("useradd", "--create-home", "--key", "HOME_MODE=0700", "--comment", MARK, "--shell", "/bin/bash")
        for name in (COURSE, *PEOPLE):
            _run(*add, "--home-dir", homes / name, name)
        passwords = {name: secrets.token_urlsafe(12) for name in PEOPLE}
        for name, group in PEOPLE.items():
            _run("usermod", "--append", "--groups", group, name)
            subprocess.run(["chpasswd"], input=f"{name}:{passwords[name]}", text=True, check=True)
        yield passwords
    finally:
        _remove_accounts()


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that listens on a socket in `folder` and knows the asking account; yields the gradebook's URL."""
    programs = postgres_programs()
    assert programs is not None
    shutil.chown(folder, "postgres", "postgres")
    _run(programs / "initdb", "--pgdata", folder / "data", "--auth=peer", "--no-sync", user="postgres")
    server = (programs / "pg_ctl", "--pgdata", folder / "data", "--silent", "--wait")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    _run(*server, "--log", folder / "log", "--options", options, "start", user="postgres")
    try:
        _run(programs / "createuser", "--host", folder, COURSE, user="postgres")
        _run(programs / "createdb", "--host", folder, "--owner", COURSE, COURSE, user="postgres")
        yield f"postgresql+psycopg:///{COURSE}?host={folder}"
    finally:
        _run(*server, "--mode=immediate", "stop", user="postgres")


@contextlib.contextmanager
def jupyterhub(programs: Path, folder: Path, exchange: Path, gradebook: str) -> Iterator[str]:
    """The hub with instructor/hub's own configuration; only its ports are others. Yields its address."""
    public, proxy, own = (f"http://127.0.0.1:{_free_port()}" for _ in range(3))
    settings = {
        "JupyterHub.bind_url": public,
        "JupyterHub.hub_port": own.rpartition(":")[2],
        "ConfigurableHTTPProxy.api_url": proxy,
    }
    command = [programs / "jupyterhub", "-f", CONFIG / "jupyterhub_config.py"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}
    environment |= {"EXCHANGE": str(exchange), "GRADEBOOK": gradebook}
    with (folder / "hub.log").open("w") as log:
        hub = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _until(lambda: hub.poll() is not None or _answers(f"{public}/hub/health"), "the hub's first answer")
            assert hub.poll() is None, (folder / "hub.log").read_text()[-3000:]
            yield public
        finally:
            hub.terminate()  # it ends the servers and the proxy
            with contextlib.suppress(subprocess.TimeoutExpired):
                hub.wait(60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(hub.pid, signal.SIGKILL)
            hub.wait()


@contextlib.contextmanager
def git_daemon(folder: Path) -> Iterator[str]:
    """Serve the repositories in `folder`; yields the address that they are under."""
    port = _free_port()
    command = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}", folder]
    server = subprocess.Popen(command, start_new_session=True)
    try:
        _until(lambda: _listens(port), "git's answer")
        yield f"git://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


class Person:
    """Somebody with a browser: what it sends, without the browser."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.address, self.name, self._password = address, name, password
        self.session = requests.Session()

    def log_in(self) -> requests.Response:
        """Fill in the hub's log-in form, on the way to the hub's own page, where no server starts by itself."""
        page = f"{self.address}/hub/login?next=%2Fhub%2Fhome"
        self.session.get(page, timeout=60)
        form = {"username": self.name, "password": self._password, "_xsrf": self._xsrf("/hub/")}
        return self.session.post(page, data=form, timeout=60)

    def start(self, owner: str | None = None) -> None:
        """Start the own server (or the one of `owner`) over the hub's API, and open it."""
        owner = owner or self.name
        self.hub("POST", f"users/{owner}/server").raise_for_status()
        _until(
            lambda: self.hub("GET", f"users/{owner}").json()["servers"].get("", {}).get("ready"), f"{owner}'s server"
        )
        page = self.session.get(f"{self.address}/user/{owner}/lab", timeout=60)
        if "/oauth2/authorize" in page.url:  # the hub asks before it opens somebody else's server
            form = [("_xsrf", self._xsrf("/hub/"))]
            form += re.findall(r'<input[^>]*name="(scopes)"[^>]*value="([^"]*)"', re.sub(r"\s+", " ", page.text))
            page = self.session.post(page.url, data=form, headers={"Referer": page.url}, timeout=60)
        page.raise_for_status()

    def _servers(self, owner: str) -> dict[str, Any]:
        return self.hub("GET", f"users/{owner}").json()["servers"]

    def hub(self, method: str, path: str) -> requests.Response:
        """Call the hub's API."""
        return self._call(method, f"/hub/api/{path}")

    def server(self, method: str, path: str, owner: str | None = None, **options: Any) -> requests.Response:
        """Call the API of the own server, or of the one of `owner`."""
        return self._call(method, f"/user/{owner or self.name}/{path}", **options)

    def channels(self, kernel: str) -> websocket.WebSocket:
        """The messages of a kernel of the own server."""
        path = f"/user/{self.name}/api/kernels/{kernel}/channels"
        request = requests.Request("GET", self.address + path)
        cookies = self.session.prepare_request(request).headers["Cookie"]
        address = f"{self.address.replace('http', 'ws', 1)}{path}?_xsrf={quote(self._xsrf(path))}"
        return websocket.create_connection(address, cookie=cookies, origin=self.address, timeout=120)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-XSRFToken": self._xsrf(path), "Referer": self.address + path}
        return self.session.request(method, self.address + path, headers=headers, timeout=600, **options)

    def _xsrf(self, path: str) -> str:
        """The token that belongs to the longest path which `path` begins with."""
        fitting = [cookie for cookie in self.session.cookies if cookie.name == "_xsrf" and path.startswith(cookie.path)]
        return max(fitting, key=lambda cookie: len(cookie.path)).value or "" if fitting else ""


def processes(account: str) -> list[int]:
    """Ids of the processes that run as `account`."""
    owner = pwd.getpwnam(account).pw_uid
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == owner:
                found.append(int(entry.name))
    return found


def memory(account: str) -> float:
    """Megabytes that the processes of `account` take, shared pages split among those who share them."""
    total = 0
    for process in processes(account):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", lines, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _remove_accounts() -> None:
    """Remove our accounts, with what still runs as them, and our groups."""
    for name in (COURSE, *PEOPLE):
        account = _account(name)
        if account and account.pw_gecos == MARK:
            for process in processes(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            _run("userdel", "--force", name)
    for group in GROUPS:
        if any(entry.gr_name == group for entry in grp.getgrall()):
            _run("groupdel", group)


def _run(*command: str | Path, user: str | None = None) -> None:
    """Run a program; what it says is shown when it fails."""
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": [], "cwd": "/"} if user else {}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **as_user)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}"


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(ready: Callable[[], Any], what: str) -> None:
    """Wait until `ready()` is true."""
    end = time.monotonic() + START
    while not ready():
        assert time.monotonic() < end, f"waited {START} seconds for {what}"
        time.sleep(0.5)

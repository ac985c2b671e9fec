"""JupyterHub for one course on one machine. README.md says what to set up first, and how to start it."""

import grp
import os
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub defines it)

# The account that owns the course folder and the gradebook. Nobody logs in as it: instructors open its server.
COURSE = "dualcirc"
# Groups of the machine. Students who join need no restart; an instructor who joins does.
STUDENTS, INSTRUCTORS = f"{COURSE}-students", f"{COURSE}-instructors"

# Only the web server that adds TLS, on this machine, talks to the hub.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Who may come in: accounts of the machine, with their passwords (PAM). A university's own log-in goes here instead.
c.JupyterHub.authenticator_class = "pam"
c.LocalAuthenticator.allowed_groups = {STUDENTS, INSTRUCTORS}

# What instructors may do beyond their own server: start, stop and open the course's.
c.JupyterHub.load_roles = [
    {"name": "course", "users": [COURSE], "scopes": ["self"]},
    {
        "name": "instructor",
        "users": grp.getgrnam(INSTRUCTORS).gr_mem,
        "scopes": [f"{scope}!user={COURSE}" for scope in ("access:servers", "servers", "read:users")],
    },
]

# Each server runs as the person's own account, so that file permissions keep people apart.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120  # when a whole class comes at once
# This folder also holds jupyter_server_config.py and nbgrader_config.py, which every server reads.
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(Path(__file__).resolve().parent), "COURSE": COURSE}
c.Spawner.env_keep = ["PATH", "LANG"]
for name in ("EXCHANGE", "GRADEBOOK"):  # where they are not in the places that nbgrader_config.py takes for granted
    if name in os.environ:
        c.Spawner.environment[name] = os.environ[name]

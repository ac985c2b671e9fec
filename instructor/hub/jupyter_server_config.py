"""What every person's server does, and what only the course's does."""

import os

c = get_config()  # noqa: F821  (Jupyter defines it)

# Chapters are Markdown; with jupytext they open as notebooks.
c.ServerApp.contents_manager_class = "jupytext.TextFileContentsManager"

# Grading shows in the course's server alone. What keeps students out is not this line but who may read the files.
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": os.environ["JUPYTERHUB_USER"] == os.environ["COURSE"],
    "nbgrader.server_extensions.assignment_list": os.environ.get("EXCHANGE") != "",  # on a cluster there is none
    "nbgrader.server_extensions.course_list": False,  # for hubs with several courses
}

# Memory comes back when people leave: an idle kernel ends after half an hour, an idle server after an hour.
c.MappingKernelManager.cull_idle_timeout = 30 * 60
c.ServerApp.shutdown_no_activity_timeout = 60 * 60

"""JupyterLab for the book, in `make lab`, on Binder and in the offline kit: it asks the network for nothing.

MyST files open as notebooks; `overrides.json` beside this file says that to the pages of JupyterLab.
"""

from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.contents_manager_class = "jupytext.TextFileContentsManager"
c.LabApp.app_settings_dir = str(Path(__file__).resolve().parent)
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

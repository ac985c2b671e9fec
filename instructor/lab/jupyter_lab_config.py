"""JupyterLab as `make lab` starts it: nothing asks the network, MyST files open as notebooks."""

c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.contents_manager_class = "jupytext.TextFileContentsManager"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

"""What the notebooks of *Dual Circulation in Data* import: the data, and charts that draw offline.

    from dualcirc import load
    rd = load("figure-4-1")
    rd.attrs["source"]          # who published the numbers

Importing the package sets up Altair (see :mod:`dualcirc.charts`); it needs no network.
"""

from dualcirc import charts
from dualcirc.data import catalogue, datasets, fact, load

__all__ = ["catalogue", "charts", "datasets", "fact", "load"]

charts.set_up()

"""What the notebooks of *Dual Circulation in Data* import: the data, and charts that draw offline.

    from dualcirc import load
    rd = load("figure-4-1")
    rd.attrs["source"]          # who published the numbers

Importing the package sets up Altair (see :mod:`dualcirc.charts`); it needs no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualcirc import charts
from dualcirc.data import catalogue, datasets, fact, load

if TYPE_CHECKING:
    from dualcirc.explorer import Explorer

__all__ = ["catalogue", "charts", "datasets", "explore", "fact", "load"]

charts.set_up()


def explore(name: str = "figure-4-1") -> Explorer:
    """Menus to look at every dataset of the book: draw it, see where it comes from, take its rows or its code away.

    Args:
        name: the dataset to begin with.

    Raises:
        UnknownDataset: no dataset has that name; the message lists the nearest names.
    """
    from dualcirc.explorer import Explorer  # widgets are loaded by those who use them, not by every page of the book

    return Explorer(name)

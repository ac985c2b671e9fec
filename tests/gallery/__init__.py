"""The gallery: a small Jupyter Book with every kind of chart, and how tests build it."""

"""The packages of `src/`, and `data/` as a package of its own, so that a wheel carries it. pyproject.toml has the rest;
it can find packages or place one elsewhere, not both."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages("src"), "dualcirc.datasets"],
    package_dir={"": "src", "dualcirc.datasets": "data"},
)

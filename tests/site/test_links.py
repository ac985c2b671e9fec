"""The check of external links: what it says without a network, and how it sums up what Sphinx found."""

from __future__ import annotations

import json

import pytest

import links


def test_without_a_network_it_says_so_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(links, "hosts", lambda text: ["host.invalid"])
    assert links.main() == 0
    assert "links were not checked" in capsys.readouterr().out


def test_the_hosts_cited_most_are_asked() -> None:
    text = "url = {https://a.org/1}, url = {https://b.org/1}, url = {https://b.org/2}"
    assert links.hosts(text) == ["b.org", "a.org"]


def test_the_summary_counts_addresses_and_lists_those_that_are_gone() -> None:
    def row(uri: str, status: str, info: str = "") -> str:
        return json.dumps({"filename": "a.md", "lineno": 3, "uri": uri, "status": status, "info": info})

    report = "\n".join(
        [
            row("https://a.org", "working"),
            row("https://a.org", "working"),
            row("https://b.org", "broken", "404"),
            row("#x", "local"),
        ]
    )
    said = links.summary(report).splitlines()
    assert said == ["2 addresses: 1 broken, 1 working", "a.md:3: https://b.org: 404"]

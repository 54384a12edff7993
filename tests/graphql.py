"""Asking a Dagster web server of a test, on loopback."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def graphql(address: str, query: str, **variables: Any) -> dict[str, Any]:
    """The data of the answer; an answer with errors fails the test."""
    request = urllib.request.Request(  # noqa: S310 - our own server on loopback
        f"{address}/graphql",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        data: dict[str, Any] = json.load(answer)
    assert "errors" not in data, data
    return dict(data["data"])

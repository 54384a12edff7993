"""The real files about bodies, and helpers to make small ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.entities.bodies import read_bodies, read_memberships, read_reviews
from assets.entities.catalogue import Catalogue, build_catalogue
from assets.entities.matching import PrintedName

SOURCES = Path(__file__).parents[3] / "sources"


@pytest.fixture(scope="session")
def sources() -> Path:
    return SOURCES


@pytest.fixture(scope="session")
def content() -> Callable[[str], bytes]:
    """Bytes of a real file about bodies."""
    return lambda name: (SOURCES / "bodies" / name).read_bytes()


@pytest.fixture(scope="session")
def with_reviews(content: Callable[[str], bytes]) -> Callable[[bytes], Catalogue]:
    """The real bodies and rules with the decisions given (content of name_review.csv)."""

    def build(reviews: bytes) -> Catalogue:
        return build_catalogue(
            read_bodies(content("bodies.csv"), "bodies.csv"),
            read_memberships(content("memberships.csv"), "memberships.csv"),
            read_reviews(reviews, "name_review.csv"),
        )

    return build


@pytest.fixture(scope="session")
def catalogue(with_reviews: Callable[[bytes], Catalogue], content: Callable) -> Catalogue:
    return with_reviews(content("name_review.csv"))


@pytest.fixture(scope="session")
def printed() -> Callable[..., list[PrintedName]]:
    """One list of printed names on lines 1, 2, 3 and so on."""

    def make(
        texts: list[str],
        universe: str = "province_63",
        index_code: str = "assessment",
        list_key: str = "4.1",
        file_sha256: str = "a" * 64,
    ) -> list[PrintedName]:
        return [
            PrintedName(file_sha256, line_no, 1, index_code, universe, list_key, text)
            for line_no, text in enumerate(texts, start=1)
        ]

    return make

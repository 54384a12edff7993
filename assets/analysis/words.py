"""The wordings of the analysis in both languages, from wording.yaml, and what things are called.

Belongs here: choosing and filling in a wording, names of categories and bodies. Does not belong
here: what is said of a pair (`sentences`) or of a body (`summaries`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from assets import registry
from assets.analysis.composition import FindMethod, held_method
from assets.analysis.counterfactual import node_of
from assets.analysis.lists import RankedList

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

FILE = Path(__file__).with_name("wording.yaml")


@cache
def _wordings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return loaded


def say(language: Language, *path: str, **fields: object) -> str:
    """The wording at that place of the file with its fields filled in. KeyError names the place."""
    found: Any = _wordings()
    for step in (*path, language):
        if step not in found:
            raise KeyError(f"{FILE.name} has no {'/'.join((*path, language))}")
        found = found[step]
    return str(found).format(**fields) if fields else str(found)


class Names:
    """What categories, criteria and bodies are called."""

    def __init__(self, find: FindMethod, bodies_en: Mapping[str, str]) -> None:
        """`bodies_en`: English names by body code; where one is missing the Vietnamese serves."""
        self._find = find
        self._bodies_en = bodies_en
        self._named: dict[tuple[str, str, str], registry.Label] = {}

    def category(self, held: RankedList, slug: str, language: Language) -> str:
        """Name of a category or criterion of a list: the method's own, else that of the code."""
        key = (held.regime, held.block, slug)
        if key not in self._named:
            method = held_method(self._find, held.regime, held.block)
            node = None if method is None else node_of(method, slug)
            self._named[key] = (
                registry.Label(node.name_vi, node.name_en)
                if node is not None
                else registry.word("category", slug, held.key.index_code)
                or registry.word("other_item", slug)
                or registry.Label(slug, slug)
            )
        return self._named[key].of(language)

    def body(self, code: str, name: str, language: Language) -> str:
        """Name of a body."""
        return name if language == "vi" else self._bodies_en.get(code, name)

    def order(self, regime: str, block: str, slug: str) -> tuple[int, str]:
        """Place of a category in its method, the overall index first, unknown ones last."""
        method = held_method(self._find, regime, block)
        slugs = [] if method is None else [node.slug for _, node in method.walk()]
        if slug == "overall":
            return -1, slug
        return (slugs.index(slug) if slug in slugs else len(slugs)), slug

"""Strict reading of YAML mappings: every key is known, every value has its type, no key comes
twice, and an error names file, place, key, rule and what to do. Knows nothing of methods."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import yaml

from assets.method.model import MethodError, Text

SLUG = re.compile(r"[a-z][a-z0-9_]*")
DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?")


class _Strict(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


class Fields:
    """The keys of one mapping, taken one by one; `done` refuses what is left over."""

    def __init__(self, value: object, file: str, place: str) -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            raise self.error("", f"a mapping is expected, found {value!r}", "write key: value")
        self._left: dict[str, Any] = dict(value)

    def error(self, key: str, rule: str, todo: str) -> MethodError:
        """The error of this place, to be raised."""
        where = ": ".join(part for part in (self.file, self.place or "top level", key) if part)
        return MethodError(f"{where}: {rule}; {todo}")

    def has(self, key: str) -> bool:
        """Whether the key is written and not null."""
        return self._left.get(key) is not None

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise self.error(key, "the key is missing", "add it")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        """Text that is not blank."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"text is expected, found {value!r}", "write a text in quotes")
        return value

    def slug(self, key: str) -> str:
        """A slug: lower-case letters, digits and underscores."""
        value = self.text(key)
        if not SLUG.fullmatch(value):
            raise self.error(key, f"{value!r} is not a slug", "use a-z, 0-9 and _, a letter first")
        return value

    def code(self, key: str, codes: tuple[str, ...]) -> str:
        """One of a closed list."""
        value = self._take(key)
        if value not in codes:
            raise self.error(key, f"{value!r} is not allowed", f"use one of {', '.join(codes)}")
        return str(value)

    def integer(self, key: str) -> int:
        """A whole number."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"a whole number is expected, found {value!r}", "write digits")
        return value

    def decimal(self, key: str) -> Decimal:
        """A decimal: digits, or digits with a point in quotes. Floats are refused."""
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.error(key, f"{value!r} is no exact decimal", 'put it in quotes, as "0.15"')
        if not DECIMAL.fullmatch(str(value)):
            raise self.error(
                key, f"{value!r} is no decimal", "write up to 12 digits and 6 decimals with a point"
            )
        return Decimal(value)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.error(key, f"true or false is expected, found {value!r}", "write one")
        return value

    def items(self, key: str) -> list[Any]:
        """A list; empty if the key is not written."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"a list is expected, found {value!r}", "write [a, b]")
        return value

    def slugs(self, key: str) -> tuple[str, ...]:
        """A list of slugs; empty if the key is not written."""
        values = self.items(key)
        for value in values:
            if not isinstance(value, str) or not SLUG.fullmatch(value):
                raise self.error(
                    key, f"{value!r} is not a slug", "use a-z, 0-9 and _, a letter first"
                )
        return tuple(values)

    def below(self, key: str) -> Fields:
        """The mapping under the key."""
        place = f"{self.place}: {key}" if self.place else key
        return Fields(self._take(key), self.file, place)

    def named(self, key: str) -> list[tuple[str, Fields]]:
        """The mappings under the names of a mapping, in the order written."""
        entries = self.below(key)
        names = list(entries._left)
        for name in names:
            if not isinstance(name, str) or not SLUG.fullmatch(name):
                raise self.error(key, f"{name!r} is not a slug", "use a-z, 0-9 and _")
        return [(name, entries.below(name)) for name in names]

    def both(self) -> Text:
        """This mapping as a sentence in Vietnamese and English."""
        text = Text(vi=self.text("vi"), en=self.text("en"))
        self.done()
        return text

    def done(self) -> None:
        """Refuse keys that nobody has taken."""
        for key in self._left:
            raise self.error(
                str(key), "the key is not known here, or is empty", "remove it or mend it"
            )


def read_yaml(content: bytes, file: str) -> Fields:
    """The top mapping of a YAML file. MethodError names the line of a syntax error."""
    try:
        return Fields(yaml.load(content.decode("utf-8"), Loader=_Strict), file, "")  # noqa: S506
    except UnicodeDecodeError as error:
        raise MethodError(f"{file}: byte {error.start}: not UTF-8; save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MethodError(f"{file}: line {line}: {error.problem}; mend the YAML") from None

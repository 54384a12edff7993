"""The description that travels with a source file: `<file>.meta.yaml` beside `<file>`.

Strict: a missing, unknown or mistyped key is an error, because nothing is guessed.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Hashable
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from assets.lake.errors import IntakeError

SUFFIX = ".meta.yaml"
MAX_BYTES = 64 * 1024
YEAR_MIN, YEAR_MAX = 1990, 2100
REPORT = "assessment_report"

_SLUG = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Sidecar:
    """What is known about a source file. Text is NFC; `years` is sorted.

    years         years that the file speaks of; empty = every year (reference files)
    source_ref    address or document the file is from
    received_at   day the file was received
    report_code   code of the report's layout; for kind `assessment_report` and only there

    IntakeError names the key and what to do.
    """

    kind: str
    years: tuple[int, ...]
    issuer: str
    document_no: str | None
    document_date: date | None
    source_ref: str
    received_at: date
    licence: str
    is_synthetic: bool
    report_code: str | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "kind", _slug("kind", self.kind))
        put(self, "years", _years(self.years))
        for key in ("issuer", "source_ref", "licence"):
            put(self, key, _text(key, getattr(self, key)))
        if self.document_no is not None:
            put(self, "document_no", _text("document_no", self.document_no))
        if self.document_date is not None:
            _date("document_date", self.document_date)
        _date("received_at", self.received_at)
        if not isinstance(self.is_synthetic, bool):
            raise _wrong("is_synthetic", self.is_synthetic, "write true or false")
        if self.kind == REPORT:
            put(self, "report_code", _slug("report_code", self.report_code))
        elif self.report_code is not None:
            raise _wrong("report_code", self.report_code, f"leave it out: only {REPORT} has one")

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text; `from_json` is the way back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for key in ("document_date", "received_at"):
            values[key] = values[key] and values[key].isoformat()
        values["years"] = list(self.years)
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Sidecar:
        """The sidecar that `as_json` wrote."""
        dates = {
            key: values[key] and date.fromisoformat(values[key])
            for key in ("document_date", "received_at")
        }
        return cls(**{**values, **dates})


KEYS = tuple(field.name for field in fields(Sidecar))
REQUIRED = tuple(field.name for field in fields(Sidecar) if field.default is MISSING)


def load_sidecar(path: Path) -> Sidecar:
    """Read one `.meta.yaml`. IntakeError names the file, the key and what to do."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise IntakeError(f"give a plain file of at most {MAX_BYTES} bytes")
        data = path.read_bytes()
        document = yaml.load(data.decode("utf-8"), _StrictLoader)  # noqa: S506 (a SafeLoader)
        return _from_document(document)
    except IntakeError as error:
        raise IntakeError(f"{path}: {error}") from None
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise IntakeError(f"{path}: is not readable as YAML in UTF-8: {reason}") from error


def _from_document(document: Any) -> Sidecar:
    if not isinstance(document, dict):
        raise IntakeError(f"holds no keys; give {', '.join(REQUIRED)}")
    unknown = [str(key) for key in document if key not in KEYS]
    if unknown:
        raise IntakeError(f"unknown key {', '.join(unknown)}; known are {', '.join(KEYS)}")
    missing = [key for key in REQUIRED if key not in document]
    if missing:
        raise IntakeError(
            f"missing key {', '.join(missing)}; add it (null for a document without number or date)"
        )
    return Sidecar(**document)


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice instead of keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise IntakeError(f"key {key_node.value} is given twice; keep one")
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def _wrong(key: str, value: Any, what_to_do: str) -> IntakeError:
    return IntakeError(f"key {key}: {value!r} is not usable; {what_to_do}")


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, value, "write text (in quotes if it looks like a number or a date)")
    text = unicodedata.normalize("NFC", value.strip())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise _wrong(key, value, "write it on one line without control characters")
    return text


def _slug(key: str, value: Any) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise _wrong(key, value, "write a code of small letters, digits and _")
    return value


def _date(key: str, value: Any) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _wrong(key, value, "write a date as 2017-05-12, without quotes or time of day")


def _years(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        raise _wrong("years", value, "write a list such as [2016], or [] for every year")
    for year in value:
        if type(year) is not int or not YEAR_MIN <= year <= YEAR_MAX:
            raise _wrong("years", year, f"write whole years from {YEAR_MIN} to {YEAR_MAX}")
    if len(set(value)) != len(value):
        raise _wrong("years", value, "write each year once")
    return tuple(sorted(value))

"""A workbook's outer shell: a ZIP archive opened under limits, nothing of it written to disk.

Belongs here: what an archive may hold (sizes, names, no programs, no foreign objects) and XML
without document types. Does not belong here: what its sheets hold (`ooxml`).
"""

from __future__ import annotations

import codecs
import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from assets.received.refusal import FileRefusedError

MAX_ENTRIES = 2_000
MAX_ENTRY_BYTES = 50 * 1024 * 1024
MAX_TOTAL_BYTES = 200 * 1024 * 1024
#: Bytes out for a byte in; parts below the grace may shrink as much as they like.
MAX_RATIO = 100
RATIO_GRACE_BYTES = 100 * 1024

_CHUNK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")

#: What a part begins with if it is an archive or an OLE file itself.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh")

#: Rule -> beginnings of part names, small letters, that break it.
_FORBIDDEN_PARTS = {
    "macros": ("xl/vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "customui/"),
    "embedded_objects": ("xl/embeddings/", "xl/activex/"),
    "external_links": ("xl/externallinks/", "xl/connections.xml", "xl/querytables/"),
}
#: Rule -> words of content types, small letters, that break it.
_FORBIDDEN_TYPES = {
    "macros": ("macroenabled", "vbaproject", "macrosheet", "dialogsheet"),
    "embedded_objects": ("oleobject", "activex"),
    "external_links": ("externallink", "connections+xml", "querytable"),
}
_XML_ENDINGS = (".xml", ".rels", ".vml")

Parts = Mapping[str, bytes]


class Target(Protocol):
    """What takes the events of an XML part."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


def warm_up() -> None:
    """Load what reading an archive needs, so that a process that may open no files can read one."""
    codecs.lookup("cp437")  # names in archives


def open_archive(content: bytes) -> Parts:
    """The XML parts of an archive by name, checked; other parts are inflated, counted, let go.

    FileRefusedError for everything that an archive may not be or hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_directory(entries)
            return _inflated(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        if isinstance(error, FileRefusedError):
            raise
        raise FileRefusedError("zip_damaged", " ".join(str(error).split())) from None
    except (NotImplementedError, OverflowError, IndexError) as error:
        raise FileRefusedError("zip_damaged", f"{type(error).__name__}: {error}") from None


def parse(data: bytes, target: Target, part: str) -> None:
    """Send the events of an XML part to a target. FileRefusedError for a document type, an
    entity, or XML that is not well-formed."""
    try:
        parser: Any = DefusedXMLParser(target=target, forbid_dtd=True)
        for begin in range(0, len(data), _CHUNK):
            parser.feed(data[begin : begin + _CHUNK])
        parser.close()
    except DefusedXmlException as error:
        raise FileRefusedError("xml_doctype", f"{part}: {type(error).__name__}") from None
    except FileRefusedError:
        raise
    except (ParseError, ValueError, LookupError, AttributeError) as error:
        raise FileRefusedError("workbook_damaged", f"{part}: {error}") from None


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise FileRefusedError("zip_too_large", f"{len(entries)} parts; the limit is {MAX_ENTRIES}")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename, seen)
        if entry.flag_bits & 0x41:
            raise FileRefusedError("zip_encrypted", entry.filename)
        if entry.compress_type not in _METHODS:
            raise FileRefusedError(
                "zip_damaged", f"{entry.filename}: compression method {entry.compress_type}"
            )


def _check_name(name: str, seen: set[str]) -> None:
    key = unicodedata.normalize("NFC", name).casefold()
    if key in seen:
        raise FileRefusedError("zip_names", f"{name} is there twice")
    seen.add(key)
    if _ABSOLUTE.match(name) or "\\" in name or "\0" in name or ".." in name.split("/"):
        raise FileRefusedError("zip_names", f"{name!a} leads out of the archive")
    for rule, beginnings in _FORBIDDEN_PARTS.items():
        if key.startswith(beginnings):
            raise FileRefusedError(rule, name)


def _inflated(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Parts:
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        data = _read(archive, entry, MAX_TOTAL_BYTES - total)
        total += len(data)
        if data.startswith(_ARCHIVES):
            raise FileRefusedError("zip_nested", entry.filename)
        if data.startswith(OLE_MAGIC):
            raise FileRefusedError("embedded_objects", entry.filename)
        if entry.filename.lower().endswith(_XML_ENDINGS):
            _check_prolog(data, entry.filename)
            parts[entry.filename] = data
    _check_types(parts)
    _check_relations(parts)
    return parts


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """A part, counted while it is inflated: what the archive says of its size is not believed."""
    made = io.BytesIO()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            made.write(chunk)
            size = made.tell()
            if size > MAX_ENTRY_BYTES or size > left:
                limit = min(MAX_ENTRY_BYTES, MAX_TOTAL_BYTES)
                raise FileRefusedError(
                    "zip_too_large",
                    f"{entry.filename} inflates beyond the limit ({limit} bytes for a part, "
                    f"{MAX_TOTAL_BYTES} for all)",
                )
            if size > max(RATIO_GRACE_BYTES, MAX_RATIO * entry.compress_size):
                raise FileRefusedError(
                    "zip_ratio",
                    f"{entry.filename} inflates to more than {MAX_RATIO} times its size",
                )
    return made.getvalue()


class _RootReached(Exception):  # noqa: N818 (ends a parse, is no error)
    pass


class _Prolog:
    """Stops at the root element: a document type can only stand before it."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        raise _RootReached

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


def _check_prolog(data: bytes, part: str) -> None:
    try:
        parse(data, _Prolog(), part)
    except _RootReached:
        return
    raise FileRefusedError("workbook_damaged", f"{part}: holds no element")


class _Attributes:
    """Hands the attributes of every element to a check."""

    def __init__(self, check: Any) -> None:
        self.check = check

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.check(attributes)

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


def _check_types(parts: Parts) -> None:
    def check(attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").lower()
        for rule, words in _FORBIDDEN_TYPES.items():
            if any(word in kind for word in words):
                raise FileRefusedError(rule, f"content type {kind}")

    parse(parts.get("[Content_Types].xml", b"<Types/>"), _Attributes(check), "[Content_Types].xml")


def _check_relations(parts: Parts) -> None:
    """Nothing may be fetched from outside; a link in a cell is only followed by a person."""
    for name, data in parts.items():
        if name.lower().endswith(".rels"):

            def check(attributes: dict[str, str], name: str = name) -> None:
                is_link = posixpath.basename(attributes.get("Type", "")) == "hyperlink"
                if attributes.get("TargetMode", "").lower() == "external" and not is_link:
                    raise FileRefusedError("external_links", f"{name}: {attributes.get('Target')}")

            parse(data, _Attributes(check), name)

"""A file of case records as frames of text, some megabytes at a time.

Belongs here: unpacking, encoding, header, and cutting text or Parquet into frames whose cells are
all text, each row with its line. Does not belong here: what a cell means (`judge`).

Delimited text is cut by Arrow in one thread, so that the frames of a file are the same every time.
A quotation mark may protect a delimiter, never a line break: an open one would swallow the lines
below, so a record that spans lines rejects the file.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as pc
import pyarrow.parquet as pq

from assets.lake.atomic import CHUNK_BYTES, chunks_of
from assets.received.encoding import UTF_8, EncodingFault, encoding_of, pieces
from assets.services.cases.layout import FileFault, columns_of, header_of

#: Bytes of text that make a frame; no line may be longer.
FRAME_BYTES = 32 * 1024 * 1024
#: Rows of Parquet that make a frame.
FRAME_ROWS = 300_000
#: Unpacked bytes that a file may have, at all and as a multiple of its size from 16 MiB on.
MOST_BYTES, MOST_RATIO, RATIO_FROM = 4 * 1024**3, 200, 16 * 1024**2
#: Characters of a header line.
HEADER_BYTES = 64 * 1024

_PARQUET = b"PAR1"
#: Files that are something else for sure: zip (workbooks), PDF, old office, HTML and XML.
_OTHER = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"<")
_REPEATED = pa.dictionary(pa.int32(), pa.string())

#: (line, text) of a line without the right number of cells.
Ragged = tuple[int, str]


@dataclass(frozen=True)
class Frame:
    """Rows of a file: text by column (case numbers plain, all others by distinct value), the line
    of each row, and lines that are no rows."""

    cells: dict[str, pa.Array]
    line_no: np.ndarray[Any, np.dtype[np.int32]]
    ragged: list[Ragged] = field(default_factory=list)


@dataclass(frozen=True)
class OpenFile:
    """A file that can be read: its format (csv, parquet), encoding (None for Parquet), columns."""

    path: Path
    file_format: str
    encoding: str | None
    delimiter: str
    columns: list[str]

    def frames(self) -> Iterator[Frame]:
        """The frames in the order of the file. FileFault where it cannot be read on."""
        read = _parquet_frames if self.file_format == "parquet" else _text_frames
        try:
            yield from read(self)
        except (pa.ArrowException, OSError) as error:
            rule = "long_line" if "straddling" in str(error) else "unreadable"
            raise FileFault(rule, _first_line(error)) from None


def open_cases(path: Path, sha256: str, scratch: Path) -> OpenFile:
    """Look at a file once from end to end: is it what was received, and can it be read?

    Text that is packed or not UTF-8 is unpacked into `scratch` as UTF-8. FileFault if the file is
    rejected.
    """
    digest = hashlib.sha256()
    head = b""
    for chunk in chunks_of(path):
        head = head or chunk[:16]
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise FileFault("other_content", digest.hexdigest())
    try:
        if head.startswith(_PARQUET):
            return _open_parquet(path)
        if head.startswith(_OTHER):
            raise FileFault("unknown_format", head[:4].hex())
        return _open_text(path, head, scratch)
    except EncodingFault as fault:
        raise FileFault(fault.rule_id, fault.found) from None
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        raise FileFault("unreadable", _first_line(error)) from None


def _open_parquet(path: Path) -> OpenFile:
    with pq.ParquetFile(path) as file:
        columns = columns_of(file.schema_arrow.names)
    return OpenFile(path, "parquet", None, "", columns)


def _open_text(path: Path, head: bytes, scratch: Path) -> OpenFile:
    packed = _unpacker(head)
    chunks = _Unpacked(path, head)
    encoding = encoding_of(chunks)
    if packed or encoding != UTF_8:
        with open(scratch, "w", encoding="utf-8", newline="") as out:
            for text in pieces(chunks, encoding):
                out.write(text)
        path = scratch
    with open(path, "rb") as stream:
        line = stream.readline(HEADER_BYTES).decode("utf-8-sig", "replace")
    delimiter, columns = header_of(line.rstrip("\r\n"))
    return OpenFile(path, "csv", encoding, delimiter, columns)


#: Beginnings of packed files, and what opens them.
_PACKED: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\x28\xb5\x2f\xfd": lambda path: pa.input_stream(str(path), compression="zstd"),
}


def _unpacker(head: bytes) -> Callable[[Path], Any] | None:
    """What opens a packed file, None for one that is not packed."""
    return next((opens for begin, opens in _PACKED.items() if head.startswith(begin)), None)


@dataclass(frozen=True)
class _Unpacked:
    """The unpacked bytes of a file, as often as asked for, within limits."""

    path: Path
    head: bytes

    def __iter__(self) -> Iterator[bytes]:
        opens: Callable[[Path], Any] = _unpacker(self.head) or partial(io.open, mode="rb")
        most = max(RATIO_FROM, MOST_RATIO * self.path.stat().st_size)
        size = 0
        with opens(self.path) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size > min(most, MOST_BYTES):
                    raise FileFault("too_large", f"more than {size} bytes unpacked")
                yield chunk


def _text_frames(file: OpenFile) -> Iterator[Frame]:
    with open(file.path, "rb") as stream:
        header = stream.readline(HEADER_BYTES)
        if not stream.read(1):
            return
    quoted = _has_quotes(file.path, len(header))
    ragged: list[Ragged] = []

    def set_aside(row: Any) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    reader = pc.open_csv(
        pa.OSFile(str(file.path)),
        read_options=pc.ReadOptions(
            use_threads=False, block_size=FRAME_BYTES, column_names=file.columns, skip_rows=1
        ),
        parse_options=pc.ParseOptions(
            delimiter=file.delimiter,
            quote_char='"' if quoted else False,
            newlines_in_values=False,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pc.ConvertOptions(
            column_types={
                name: pa.string() if name == "case_id" else _REPEATED for name in file.columns
            },
            strings_can_be_null=False,
        ),
    )
    lines = _Lines()
    told = 0
    for batch in reader:
        frame = Frame(
            dict(zip(file.columns, batch.columns, strict=True)),
            lines.of_rows(batch.num_rows, [number for number, _ in ragged]),
            ragged[told:],
        )
        told = len(ragged)
        if quoted:
            _refuse_line_breaks(frame)
        yield frame
    if len(ragged) > told:
        yield Frame({}, np.empty(0, np.int32), ragged[told:])


def _has_quotes(path: Path, after: int) -> bool:
    with open(path, "rb") as stream:
        stream.seek(after)
        while chunk := stream.read(CHUNK_BYTES):
            if b'"' in chunk:
                return True
    return False


class _Lines:
    """Lines of the rows of a file, given the lines that are no rows. The header is line 1."""

    def __init__(self) -> None:
        self.rows = 0

    def of_rows(self, rows: int, no_rows: list[int]) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Lines of the next rows; `no_rows` are all lines so far that are none, ascending."""
        skipped = np.asarray(no_rows, np.int64) - 2 - np.arange(len(no_rows))
        row = np.arange(self.rows, self.rows + rows)
        self.rows += rows
        lines = row + np.searchsorted(skipped, row, side="right") + 2
        return lines.astype(np.int32)


def _refuse_line_breaks(frame: Frame) -> None:
    for number, text in frame.ragged:
        if "\n" in text or "\r" in text.rstrip("\r"):
            raise FileFault("line_break_in_cell", f"line {number}")
    for name, cells in frame.cells.items():
        values = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
        if pa.types.is_dictionary(cells.type):
            if any("\n" in value or "\r" in value for value in values.to_pylist()):
                raise FileFault("line_break_in_cell", f"column {name}")
        elif compute.any(compute.match_substring(values, "\n")).as_py():
            raise FileFault("line_break_in_cell", f"column {name}")


def _parquet_frames(file: OpenFile) -> Iterator[Frame]:
    with pq.ParquetFile(file.path, pre_buffer=False) as held:
        first = 1
        for batch in held.iter_batches(FRAME_ROWS, use_threads=False):
            cells = {
                name: _as_text(column, plain=name == "case_id")
                for name, column in zip(file.columns, batch.columns, strict=True)
            }
            last = first + batch.num_rows
            yield Frame(cells, np.arange(first, last, dtype=np.int32))
            first = last


def _as_text(column: pa.Array, *, plain: bool) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32(), safe=False)
    text = column.cast(pa.string()).fill_null("")
    return text if plain else text.dictionary_encode()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

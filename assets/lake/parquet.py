"""Tables to Parquet bytes and back. The same table gives the same bytes on every run.

pyarrow is imported inside the functions: intake and the command line's help do not need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.lake.ahead import ahead
from assets.lake.atomic import canonical_json, sha256_of

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP_ROWS = 65_536
ZSTD_LEVEL = 3
PART_ZSTD_LEVEL = 1

#: How every Parquet file of the lake is written.
_FORM: dict[str, Any] = {
    "version": "2.6",
    "compression": "zstd",
    "write_page_checksum": True,
    "store_schema": False,
}


def encode(table: pa.Table) -> bytes:
    """Parquet 2.6, zstd, page checksums, fixed row groups, no metadata of the schema.

    Chunks are joined first: page borders follow chunk borders, and the bytes would differ.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    bare = pa.schema([pa.field(f.name, f.type, nullable=f.nullable) for f in table.schema])
    out = BytesIO()
    pq.write_table(
        table.replace_schema_metadata(None).cast(bare).combine_chunks(),
        out,
        row_group_size=ROW_GROUP_ROWS,
        compression_level=ZSTD_LEVEL,
        **_FORM,
    )
    return out.getvalue()


class PartWriter:
    """One Parquet file written frame by frame, a row group each: part of a table too large for
    memory. Compressed less hard than whole tables, as there is much of it."""

    def __init__(self, path: Path, schema: pa.Schema, *, plain: Sequence[str] = ()) -> None:
        """`plain` names columns of which nearly every value is another."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        repeated = [name for name in schema.names if name not in plain]
        numbers = [name for name in plain if pa.types.is_integer(schema.field(name).type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            use_dictionary=repeated,
            column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
            write_statistics=False,  # a third of the time of writing, and nobody asks for them
            compression_level=PART_ZSTD_LEVEL,
            **_FORM,
        )

    def write(self, frame: pa.Table) -> None:
        """Append a frame of exactly the schema."""
        self._writer.write_table(frame, row_group_size=max(frame.num_rows, 1))

    def close(self) -> None:
        """Complete the file; without this it is no Parquet."""
        self._writer.close()


@dataclass(frozen=True)
class PartFiles:
    """A table in parts on disk, read frame by frame in the order of its files.

    Texts that the file holds once each (its dictionaries) are given so, as dictionary arrays.
    """

    paths: Sequence[Path]

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """One frame a row group; a file without rows gives an empty one. The next are read while
        the caller looks at this one."""
        groups = (group for path in self.paths for group in _groups_of(path))
        return ahead(partial(_read_group, columns), groups)


@dataclass(frozen=True)
class _Group:
    """A row group of a file; None stands for all of a file that has none."""

    path: Path
    metadata: Any
    held_once: list[str]
    number: int | None


def _groups_of(path: Path) -> Iterator[_Group]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as file:
        metadata = file.metadata
    held_once = _held_once(metadata)
    for number in range(metadata.num_row_groups) or (None,):
        yield _Group(path, metadata, held_once, number)


def _read_group(columns: Sequence[str] | None, group: _Group) -> pa.Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(
        group.path,
        metadata=group.metadata,
        read_dictionary=group.held_once,
        pre_buffer=False,
    ) as file:
        if group.number is None:
            return file.read(columns=columns, use_threads=False)
        return file.read_row_group(group.number, columns=columns, use_threads=False)


def _held_once(metadata: Any) -> list[str]:
    """Columns of text that every row group holds by dictionary."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [
        metadata.schema.column(place).path
        for place in range(metadata.num_columns)
        if metadata.schema.column(place).physical_type == "BYTE_ARRAY"
        and all("RLE_DICTIONARY" in group.column(place).encodings for group in groups)
    ]


def decode(data: bytes) -> pa.Table:
    """The table in Parquet bytes that have been verified.

    Read without pyarrow's threads: a pool that starts just before a short process ends aborts
    it on the way out (5 of 12 runs with pyarrow 26.0.1), and our tables are small.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(BytesIO(data), pre_buffer=False) as file:
        return file.read(use_threads=False)


def shape(path: Path) -> tuple[int, str]:
    """Number of rows of a Parquet file, and the sha256 of its schema (names, types, nullability).

    pyarrow.ArrowInvalid if the file is not Parquet.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema = [[f.name, str(f.type), f.nullable] for f in file.schema_arrow]
        return file.metadata.num_rows, sha256_of(canonical_json(schema))

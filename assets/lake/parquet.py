"""Tables to Parquet bytes and back. The same table gives the same bytes on every run.

pyarrow is imported inside the functions: intake and the command line's help do not need it.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from assets.lake.atomic import canonical_json, sha256_of

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP_ROWS = 65_536
ZSTD_LEVEL = 3


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
        version="2.6",
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        write_page_checksum=True,
        store_schema=False,
    )
    return out.getvalue()


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

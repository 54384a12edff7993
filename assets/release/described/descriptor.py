"""datapackage.json: the release as a Data Package, version 2 of that standard.

Every file is a resource with its size and hash; those of tables have a schema from the registry.
No `created`: it could only be a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from assets.lake.atomic import canonical_json
from assets.registry import Column, Table
from assets.release.described.about import About, Held, about, table_title
from assets.release.tablefiles import public_name

DESCRIPTOR = "datapackage.json"
FILES: tuple[str, ...] = (DESCRIPTOR,)

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

#: Registry type -> type of a field.
FIELD_TYPES = {
    "string": "string",
    "int": "integer",
    "bigint": "integer",
    "bool": "boolean",
    "decimal": "number",
    "exact": "number",
    "date": "date",
    "timestamp": "datetime",
}

#: Folder of a table's file -> end of the name of its resource, and how its format is spelled.
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    ".": ("parquet", {}),
    "csv": ("csv", {"lineTerminator": "\n"}),
    "csv_excel": ("csv-excel", {"lineTerminator": "\r\n"}),
    "json": ("json", {"itemType": "object"}),
}
_CSV_DIALECT = {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True}

#: A column of a table that names a row of another table.
_REFERENCE = "file_sha256"
_REFERRED = "rel_sources"


def files(tables: Mapping[str, pa.Table], year: int, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {DESCRIPTOR: canonical_json(descriptor(about(tables, year, made)))}


def descriptor(release: About) -> dict[str, Any]:
    """The descriptor as plain JSON."""
    of_tables = [_table(table, file) for table, held in release.tables for file in held]
    return {
        "$schema": PROFILE,
        "name": release.name,
        "id": f"{release.name}:{release.version}",
        "version": release.version,
        "title": f"{release.title['vi']} / {release.title['en']}",
        "description": f"{release.description['vi']}\n\n{release.description['en']}",
        "keywords": [*release.keywords["vi"], *release.keywords["en"]],
        "licenses": [
            {"path": "README.md", "title": f"{release.rights['vi']} / {release.rights['en']}"}
        ],
        "sources": [_source(row) for row in release.sources],
        "contributors": [
            {"title": release.publisher, "roles": ["compiler", "publisher"]},
            *({"title": issuer, "roles": ["creator"]} for issuer in release.issuers),
        ],
        "resources": [*of_tables, *(_file(file) for file in release.other)],
    }


def _file(held: Held) -> dict[str, Any]:
    """A resource without a schema; its name is that of the file in letters a name may have."""
    resource: dict[str, Any] = {
        "name": held.name.lower().replace("/", "-").replace("_", "-").replace(".", "-"),
        "path": held.name,
        "format": held.format,
        "mediatype": held.mediatype,
        "bytes": held.bytes,
        "hash": f"sha256:{held.sha256}",
    }
    if held.encoding:
        resource["encoding"] = held.encoding
    return resource


def _table(table: Table, held: Held) -> dict[str, Any]:
    end, dialect = _KINDS[str(PurePosixPath(held.name).parent)]
    title = table_title(table)
    resource = {
        **_file(held),
        "name": _resource_name(table, end),
        "type": "table",
        "title": title["vi"],
        "description": title["en"],
        "schema": schema(table, end),
    }
    if dialect:
        resource["dialect"] = {**_CSV_DIALECT, **dialect} if held.format == "csv" else dialect
    return resource


def _resource_name(table: Table, end: str) -> str:
    return f"{public_name(table).replace('_', '-')}-{end}"


def schema(table: Table, end: str) -> dict[str, Any]:
    """The Table Schema of a table in the format `end`. Only CSV has no null of its own: there an
    empty field is one."""
    in_csv = end.startswith("csv")
    declared: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""] if in_csv else [],
        "primaryKey": list(table.key),
    }
    if _REFERENCE in table.column_names and table.name != _REFERRED:
        referred = f"{_REFERRED.removeprefix('rel_')}-{end}"
        reference = {"resource": referred, "fields": [_REFERENCE]}
        declared["foreignKeys"] = [{"fields": [_REFERENCE], "reference": reference}]
    return declared


def _field(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "required": None if column.nullable else True,
        "enum": list(column.codes) or None,
        "minimum": _bound(column, column.min),
        "maximum": _bound(column, column.max),
        "pattern": column.pattern,
        "maxLength": column.max_length,
    }
    constraints = {name: limit for name, limit in limits.items() if limit is not None}
    optional = {"constraints": constraints, "unit": column.unit, "status": column.status}
    return {
        "name": column.name,
        "type": FIELD_TYPES[column.type],
        "title": column.description_vi,
        "description": column.description_en,
        **{name: value for name, value in optional.items() if value},
    }


def _bound(column: Column, bound: float | None) -> int | str | None:
    """A bound of whole numbers as a number, of decimals as text: no figure is a float."""
    if bound is None:
        return None
    return int(bound) if FIELD_TYPES[column.type] == "integer" else str(bound)


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    document = [str(row[name]) for name in ("document_no", "document_date") if row[name]]
    said = ", ".join([row["issuer"], *document])
    return {
        "title": f"{row['file_name']} ({said})",
        "description": row["source_ref"],
        "licence": row["licence"],
        "version": f"sha256:{row['file_sha256']}",
    }

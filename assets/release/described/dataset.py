"""dataset.jsonld: the release as a schema.org Dataset, for search engines and repositories.

The release is one Dataset; each table is a part of it, with its files and its measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from assets.registry import Table
from assets.release.described.about import About, Held, about, table_title
from assets.release.described.linked import linked_json
from assets.release.status import measures_of
from assets.release.tablefiles import public_name

DATASET = "dataset.jsonld"
FILES: tuple[str, ...] = (DATASET,)

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "contentUrl": {"@type": "@id"},
    "url": {"@type": "@id"},
}


def files(tables: Mapping[str, pa.Table], year: int, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {DATASET: linked_json(dataset(about(tables, year, made)))}


def dataset(release: About) -> dict[str, Any]:
    """The Dataset as plain JSON."""
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": "#release",
        "identifier": f"{release.name}:{release.version}",
        "name": release.title["vi"],
        "alternateName": release.title["en"],
        "description": f"{release.description['vi']} {release.description['en']}",
        "version": release.version,
        "inLanguage": ["vi", "en"],
        "keywords": [*release.keywords["vi"], *release.keywords["en"]],
        "temporalCoverage": str(release.year),
        "spatialCoverage": {"@type": "Country", "name": "Việt Nam"},
        "creator": [_organization(name) for name in release.issuers],
        "publisher": _organization(release.publisher),
        "license": {
            "@type": "CreativeWork",
            "name": f"{release.rights['vi']} / {release.rights['en']}",
            "url": "README.md",
        },
        "isBasedOn": [_source(row) for row in release.sources],
        "distribution": _downloads(release.other),
        "hasPart": [_part(table, held) for table, held in release.tables],
    }


def _part(table: Table, held: Iterable[Held]) -> dict[str, Any]:
    title = table_title(table)
    return {
        "@type": "Dataset",
        "@id": f"#{public_name(table)}",
        "name": public_name(table),
        "description": f"{title['vi']} {title['en']}",
        "isPartOf": {"@id": "#release"},
        "distribution": _downloads(held),
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": measure.column,
                "description": table.column(measure.column).description_en,
            }
            for measure in measures_of(table)
        ],
    }


def _downloads(held: Iterable[Held]) -> list[dict[str, Any]]:
    return [
        {
            "@type": "DataDownload",
            "name": file.name,
            "contentUrl": file.name,
            "encodingFormat": file.mediatype,
            "contentSize": f"{file.bytes} B",
            "sha256": file.sha256,
        }
        for file in held
    ]


def _organization(name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name}


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "name": row["file_name"],
        "description": row["source_ref"],
        "identifier": f"sha256:{row['file_sha256']}",
        "creator": _organization(row["issuer"]),
    }

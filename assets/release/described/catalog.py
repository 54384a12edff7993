"""catalog.jsonld: the release as an entry for data portals, by DCAT-AP 3.

A catalogue of datasets: the release with its documents, and each table with its files. Addresses
are relative; a portal that takes the file in resolves them against the place it got it from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from assets.registry import Table
from assets.release.described.about import About, Held, Words, about, table_title
from assets.release.described.linked import linked_json
from assets.release.tablefiles import public_name

CATALOG = "catalog.jsonld"
FILES: tuple[str, ...] = (CATALOG,)

_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGES = [{"@id": f"{_EU}language/VIE"}, {"@id": f"{_EU}language/ENG"}]
_PUBLISHER = {"@id": "#publisher"}
_RIGHTS = {"@id": "#rights"}


def files(tables: Mapping[str, pa.Table], year: int, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {CATALOG: linked_json(catalog(about(tables, year, made)))}


def catalog(release: About) -> dict[str, Any]:
    """The catalogue as plain JSON."""
    parts = [_part(release, table, held) for table, held in release.tables]
    return {
        "@context": _CONTEXT,
        "@graph": [
            {
                "@id": "#catalog",
                "@type": "dcat:Catalog",
                "dct:title": _texts(release.title),
                "dct:description": _texts(release.description),
                "dct:publisher": _PUBLISHER,
                "dct:language": _LANGUAGES,
                "dcat:dataset": [{"@id": entry["@id"]} for entry in [_whole(release), *parts]],
            },
            {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": release.publisher},
            {
                "@id": "#rights",
                "@type": "dct:RightsStatement",
                "rdfs:label": _texts(release.rights),
            },
            {**_whole(release), "dct:hasPart": [{"@id": part["@id"]} for part in parts]},
            *parts,
        ],
    }


def _whole(release: About) -> dict[str, Any]:
    return {
        **_dataset(release),
        "@id": "#release",
        "dct:title": _texts(release.title),
        "dct:description": _texts(release.description),
        "dct:identifier": f"{release.name}:{release.version}",
        "dcat:keyword": [
            {"@value": word, "@language": language}
            for language, words in release.keywords.items()
            for word in words
        ],
        "dct:creator": [{"@type": "foaf:Agent", "foaf:name": name} for name in release.issuers],
        "dcat:distribution": [_distribution(file) for file in release.other],
    }


def _part(release: About, table: Table, held: Iterable[Held]) -> dict[str, Any]:
    name = public_name(table)
    return {
        **_dataset(release),
        "@id": f"#{name}",
        "dct:title": {"@value": name, "@language": "en"},
        "dct:description": _texts(table_title(table)),
        "dct:identifier": f"{release.name}:{release.version}:{name}",
        "dct:isPartOf": {"@id": "#release"},
        "dcat:distribution": [_distribution(file) for file in held],
    }


def _dataset(release: About) -> dict[str, Any]:
    """What the release and each of its tables have in common."""
    return {
        "@type": "dcat:Dataset",
        "dct:publisher": _PUBLISHER,
        "dct:language": _LANGUAGES,
        "dcat:version": release.version,
        "dcat:theme": {"@id": f"{_EU}data-theme/GOVE"},
        "dct:accrualPeriodicity": {"@id": f"{_EU}frequency/ANNUAL"},
        "dct:accessRights": {"@id": f"{_EU}access-right/PUBLIC"},
        "dct:spatial": {"@id": f"{_EU}country/VNM"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(f"{release.year}-01-01"),
            "dcat:endDate": _day(f"{release.year}-12-31"),
        },
    }


def _distribution(file: Held) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": {"@id": file.name},
        "dcat:downloadURL": {"@id": file.name},
        "dcat:mediaType": {"@id": f"{_IANA}{file.mediatype}"},
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "dct:rights": _RIGHTS,
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }
    if file.eu:
        described["dct:format"] = {"@id": f"{_EU}file-type/{file.eu}"}
    return described


def _texts(words: Words) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in words.items()]


def _day(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}

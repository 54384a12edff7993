"""dataset.jsonld and catalog.jsonld, read as triples with nothing fetched."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from release_samples import promote_release, source, sources, with_rows

from assets import registry
from assets.lake.atomic import sha256_of
from assets.release.package import described_names

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

HERE = "https://data.example/2016/"
SCHEMA = Namespace("https://schema.org/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
IANA = Namespace("https://www.iana.org/assignments/media-types/")

TABLES = [table.name.removeprefix("rel_") for table in registry.tables(unit="release")]
RELEASE = URIRef(f"{HERE}dataset.jsonld#release")
ENTRY = URIRef(f"{HERE}catalog.jsonld#release")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a description must be readable without the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def graph(folder: Path, name: str) -> Graph:
    return Graph().parse(
        data=(folder / name).read_text("utf-8"), format="json-ld", publicID=HERE + name
    )


def test_the_dataset_says_what_a_search_engine_asks_for(sealed: Path) -> None:
    found = graph(sealed, "dataset.jsonld")

    assert (RELEASE, RDF.type, SCHEMA.Dataset) in found
    for asked in ("name", "description", "license", "creator", "publisher", "version",
                  "temporalCoverage", "spatialCoverage", "isBasedOn", "identifier"):  # fmt: skip
        assert list(found.objects(RELEASE, SCHEMA[asked])), asked
    (description,) = found.objects(RELEASE, SCHEMA.description)
    assert 50 <= len(description) <= 5000
    parts = {str(found.value(part, SCHEMA.name)) for part in found.objects(RELEASE, SCHEMA.hasPart)}
    assert parts == set(TABLES)
    ranks = URIRef(f"{HERE}dataset.jsonld#ranks")
    measured = {
        str(found.value(variable, SCHEMA.name))
        for variable in found.objects(ranks, SCHEMA.variableMeasured)
    }
    assert measured == {"rank_key", "tie_key", "recomputed_rank", "published_rank"}


def test_every_file_can_be_downloaded_from_where_the_dataset_lies(sealed: Path) -> None:
    found = graph(sealed, "dataset.jsonld")
    downloads = list(found.subjects(RDF.type, SCHEMA.DataDownload))
    addresses = {str(found.value(node, SCHEMA.contentUrl)) for node in downloads}
    assert addresses == {HERE + name for name in described_names()}
    for node in downloads:
        name = str(found.value(node, SCHEMA.name))
        assert str(found.value(node, SCHEMA.sha256)) == sha256_of((sealed / name).read_bytes())


def test_the_catalogue_holds_what_dcat_ap_demands(sealed: Path) -> None:
    found = graph(sealed, "catalog.jsonld")

    (catalogue,) = found.subjects(RDF.type, DCAT.Catalog)
    for demanded in (DCTERMS["title"], DCTERMS.description, DCTERMS.publisher, DCAT.dataset):
        assert list(found.objects(catalogue, demanded)), demanded
    publisher = found.value(catalogue, DCTERMS.publisher)
    assert found.value(publisher, FOAF.name) == Literal("egov-index")
    datasets = set(found.subjects(RDF.type, DCAT.Dataset))
    assert datasets == set(found.objects(catalogue, DCAT.dataset))
    assert len(datasets) == 1 + len(TABLES)
    for node in datasets:
        languages = {text.language for text in found.objects(node, DCTERMS.description)}
        assert languages == {"vi", "en"}
        assert list(found.objects(node, DCTERMS["title"]))
        assert list(found.objects(node, DCAT.theme))
    period = found.value(ENTRY, DCTERMS.temporal)
    assert found.value(period, DCAT.startDate) == Literal("2016-01-01", datatype=XSD.date)
    assert set(found.objects(ENTRY, DCTERMS.hasPart)) == datasets - {ENTRY}


def test_every_distribution_has_address_type_size_and_checksum(sealed: Path) -> None:
    found = graph(sealed, "catalog.jsonld")
    nodes = list(found.subjects(RDF.type, DCAT.Distribution))
    addresses = {str(found.value(node, DCAT.accessURL)) for node in nodes}
    assert addresses == {HERE + name for name in described_names()}
    for node in nodes:
        data = (sealed / str(found.value(node, DCTERMS["title"]))).read_bytes()
        size = found.value(node, DCAT.byteSize)
        assert size == Literal(str(len(data)), datatype=XSD.nonNegativeInteger)
        checksum = found.value(node, SPDX.checksum)
        assert found.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        value = found.value(checksum, SPDX.checksumValue)
        assert str(value).lower() == sha256_of(data)
    parquet = next(n for n in nodes if str(found.value(n, DCTERMS["title"])) == "ranks.parquet")
    assert found.value(parquet, DCAT.mediaType) == IANA["application/vnd.apache.parquet"]
    assert str(found.value(parquet, DCTERMS["format"])).endswith("/file-type/PARQUET")


def test_text_of_outside_origin_cannot_leave_the_script_it_is_put_into(tmp_path: Path) -> None:
    named = source(
        "9" * 64, "assessment_report", source_ref="</script><script>alert(1)//&", file_name="x"
    )
    folder = promote_release(tmp_path, "run", with_rows(sources(), "raw_intake_files", named))
    for name in ("dataset.jsonld", "catalog.jsonld"):
        text = (folder / name).read_text("utf-8")
        assert "<" not in text
        assert ">" not in text
    found = graph(folder, "dataset.jsonld")
    assert Literal("</script><script>alert(1)//&") in set(found.objects(None, SCHEMA.description))

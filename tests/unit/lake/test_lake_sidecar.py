"""The description beside a source file: what is accepted, and the message for what is not."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.lake import IntakeError, Sidecar, load_sidecar

GOOD = {
    "kind": "assessment_report",
    "years": "[2016]",
    "issuer": "Bộ Thông tin và Truyền thông",
    "document_no": "123/BC-BTTTT",
    "document_date": "2017-05-12",
    "source_ref": "https://example.vn/report",
    "received_at": "2017-05-20",
    "licence": "official document",
    "is_synthetic": "false",
    "report_code": "report_2016",
}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "report.md.meta.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def as_yaml(**changes: str | None) -> str:
    values = {**GOOD, **changes}
    return "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)


def test_reads_every_key(tmp_path: Path) -> None:
    assert load_sidecar(written(tmp_path, as_yaml())) == Sidecar(
        kind="assessment_report",
        years=(2016,),
        issuer="Bộ Thông tin và Truyền thông",
        document_no="123/BC-BTTTT",
        document_date=date(2017, 5, 12),
        source_ref="https://example.vn/report",
        received_at=date(2017, 5, 20),
        licence="official document",
        is_synthetic=False,
        report_code="report_2016",
    )


def test_null_number_and_date_and_years_of_every_year(tmp_path: Path) -> None:
    text = as_yaml(
        kind="bodies", years="[]", document_no="null", document_date="null", report_code=None
    )
    sidecar = load_sidecar(written(tmp_path, text))
    assert (sidecar.document_no, sidecar.document_date, sidecar.years) == (None, None, ())


def test_text_is_nfc_and_years_are_sorted(tmp_path: Path) -> None:
    text = as_yaml(issuer=unicodedata.normalize("NFD", GOOD["issuer"]), years="[2017, 2016]")
    sidecar = load_sidecar(written(tmp_path, text))
    assert sidecar.issuer == unicodedata.normalize("NFC", GOOD["issuer"])
    assert sidecar.years == (2016, 2017)


@pytest.mark.parametrize("key", [key for key in GOOD if key != "report_code"])
def test_missing_key_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(IntakeError, match=rf"report\.md\.meta\.yaml: missing key {key}"):
        load_sidecar(written(tmp_path, as_yaml(**{key: None})))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"kind": "2016"}, "key kind"),
        ({"kind": "Assessment Report"}, "key kind"),
        ({"years": "2016"}, "key years.*list"),
        ({"years": "['2016']"}, "key years.*whole years"),
        ({"years": "[true]"}, "key years"),
        ({"years": "[1789]"}, "key years.*1990 to 2100"),
        ({"years": "[2016, 2016]"}, "key years.*once"),
        ({"years": "null"}, "key years"),
        ({"issuer": "''"}, "key issuer"),
        ({"issuer": "[a]"}, "key issuer"),
        ({"issuer": '"a\\tb"'}, "key issuer.*control"),
        ({"document_no": "62"}, "key document_no.*quotes"),
        ({"document_date": "'2017-05-12'"}, "key document_date.*without quotes"),
        ({"document_date": "2017-05-12 10:00:00"}, "key document_date.*time of day"),
        ({"document_date": "2017-02-30"}, "not readable as YAML"),
        ({"received_at": "null"}, "key received_at"),
        ({"licence": "null"}, "key licence"),
        ({"source_ref": "7"}, "key source_ref"),
        ({"is_synthetic": "'no'"}, "key is_synthetic.*true or false"),
        ({"is_synthetic": "0"}, "key is_synthetic"),
        ({"report_code": None}, "key report_code"),
        ({"kind": "bodies"}, "key report_code.*only assessment_report"),
    ],
)
def test_wrong_value_names_file_key_and_cure(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    with pytest.raises(IntakeError, match=rf"report\.md\.meta\.yaml: .*{message}"):
        load_sidecar(written(tmp_path, as_yaml(**changes)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no keys"),
        ("- a\n", "holds no keys"),
        (as_yaml() + "kind: bodies\n", "key kind is given twice"),
        ("kind: [\n", "not readable as YAML"),
        ("kind: !!python/object/apply:os.getcwd []\n", "not readable as YAML"),
        ("? [a]\n: b\n", "not readable as YAML"),
        ("[" * 2000, "not readable as YAML"),
        (b"kind: \xff\xfe\n", "not readable as YAML in UTF-8"),
        ("#" * 70_000, "at most 65536 bytes"),
    ],
)
def test_unreadable_description(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(IntakeError, match=message):
        load_sidecar(written(tmp_path, text))


def test_absent_or_linked_description(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"absent\.meta\.yaml: cannot be read"):
        load_sidecar(tmp_path / "absent.meta.yaml")
    link = tmp_path / "link.meta.yaml"
    link.symlink_to(written(tmp_path, as_yaml()))
    with pytest.raises(IntakeError, match="plain file"):
        load_sidecar(link)


texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(
    years=st.sets(st.integers(1990, 2100)),
    issuer=texts,
    number=st.none() | texts,
    day=st.none() | days,
    received=days,
    synthetic=st.booleans(),
)
def test_json_round_trip(
    years: set[int],
    issuer: str,
    number: str | None,
    day: date | None,
    received: date,
    synthetic: bool,
) -> None:
    sidecar = Sidecar(
        "bodies", tuple(years), issuer, number, day, "ref", received, "licence", synthetic
    )
    assert Sidecar.from_json(sidecar.as_json()) == sidecar

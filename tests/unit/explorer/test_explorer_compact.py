"""What is folded to save bytes comes out as it went in, and data files cannot run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.explorer.compact import NAME, NUMBER, Wordings, rows, table
from assets.explorer.files import decoded, encoded

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
cells = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), texts)


@given(st.lists(st.tuples(cells, st.sampled_from(["a", "b", None]), texts), max_size=40))
def test_tables_come_out_as_they_went_in(given_rows: list[tuple[object, ...]]) -> None:
    columns = ("first", "coded", "text")
    assert [tuple(row.values()) for row in rows(table(columns, given_rows))] == given_rows


def test_a_column_that_repeats_is_written_once() -> None:
    made = table(("code",), [["match"]] * 20 + [[None]])
    assert made["values"] == {"code": ["match"]}
    assert made["rows"] == [[0]] * 20 + [[None]]


@given(st.lists(st.tuples(texts, texts), max_size=10))
def test_texts_come_out_as_they_went_in(pairs: list[tuple[str, str]]) -> None:
    wordings = Wordings()
    folded = [(wordings.fold(text, name), text, name) for text, name in pairs]
    assert all(wordings.unfold(made, name) == text for made, text, name in folded)


def test_sentences_that_differ_in_name_and_numbers_share_their_wording() -> None:
    wordings = Wordings()
    wordings.fold("Lào Cai hạng 21, giá trị 0,992. Năm 2016", "Lào Cai")
    wordings.fold("Hà Nội hạng 1, giá trị 1,000. Năm 2017", "Hà Nội")
    assert wordings.held == [f"{NAME} hạng {NUMBER}, giá trị {NUMBER}", f"Năm {NUMBER}"]


@given(st.dictionaries(texts, texts | st.lists(texts, max_size=4), max_size=5))
def test_data_files_hold_text_and_nothing_that_runs(content: dict[str, object]) -> None:
    written = encoded("core", content)
    assert decoded(written) == content
    inside = written.decode().removeprefix("egov.take('core', '").removesuffix("');\n")
    assert "\n" not in inside
    assert "'" not in inside.replace("\\\\", "").replace("\\'", "")

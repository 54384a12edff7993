"""What holds for every list: order and normalisation do not matter, one wrong letter never binds
a name to the wrong body."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.entities.catalogue import Catalogue
from assets.entities.matching import PrintedName, match_names
from assets.entities.names import stripped_form

Printed = Callable[..., list[PrintedName]]
LETTERS = "abcdeghiklmnopqrstuvxyđăâêôơưáạ"
PREFIXES = (
    "Tỉnh ",
    "tỉnh ",
    "TỈNH ",
    "Thành phố ",
    "TP. ",
    "TP.",
    "TP ",
    "Tp ",
    "T.P. ",
    "UBND tỉnh ",
    "UBND TP. ",
    "Ủy ban nhân dân tỉnh ",
    "Uỷ ban nhân dân thành phố ",
)
CONFUSABLE = [
    ("Hà Giang", "Hậu Giang"),
    ("Tiền Giang", "Kiên Giang"),
    *combinations(("Bắc Kạn", "Bắc Giang", "Bắc Ninh"), 2),
    *combinations(("Quảng Nam", "Quảng Ninh", "Quảng Trị", "Quảng Bình", "Quảng Ngãi"), 2),
]


@pytest.fixture(scope="module")
def names(catalogue: Catalogue) -> dict[str, str]:
    """Code -> name of the 63."""
    bodies = catalogue.candidates("assessment", "province_63", 2016)
    return {body.body_code: body.name_vi for body in bodies}


def damaged(text: str, draw: random.Random) -> tuple[str, str]:
    """The text with one letter lost, and with one letter replaced."""
    at = draw.choice([i for i, letter in enumerate(text) if letter.isalpha()])
    other = draw.choice([letter for letter in LETTERS if letter != text[at].lower()])
    return text[:at] + text[at + 1 :], text[:at] + other + text[at + 1 :]


def every_damage(text: str, letter: str | None = None) -> list[str]:
    """The text with each letter in turn lost, and replaced by `letter` (by default a letter that
    changes with the position)."""
    found = []
    for at, old in enumerate(text):
        new = letter or LETTERS[(ord(old) + 7 * at) % len(LETTERS)]
        found += [text[:at] + text[at + 1 :], text[:at] + new + text[at + 1 :]]
    return sorted(set(found) - {text})


@settings(deadline=None, max_examples=30)
@given(draw=st.randoms(use_true_random=False), errors=st.integers(0, 6))
def test_order_does_not_matter(
    catalogue: Catalogue,
    names: dict[str, str],
    printed: Printed,
    draw: random.Random,
    errors: int,
) -> None:
    texts = draw.sample(sorted(names.values()), draw.randint(1, 63))
    for at in draw.sample(range(len(texts)), min(errors, len(texts))):
        texts[at] = draw.choice([*damaged(texts[at], draw), draw.choice(texts)])
    listed = printed(texts)
    shuffled = draw.sample(listed, len(listed))
    assert match_names(listed, catalogue, 2016) == match_names(shuffled, catalogue, 2016)
    elsewhere = printed(draw.sample(texts, len(texts)))
    assert _outcome(match_names(listed, catalogue, 2016)) == _outcome(
        match_names(elsewhere, catalogue, 2016)
    )


def _outcome(matches: list) -> list[tuple]:
    return sorted(
        (m.printed.text, m.body_code or "", m.match_rule, str(m.match_margin)) for m in matches
    )


@settings(deadline=None, max_examples=30)
@given(draw=st.randoms(use_true_random=False), kind=st.sampled_from(["NFC", "NFD", "NFKD"]))
def test_normalisation_does_not_matter(
    catalogue: Catalogue, names: dict[str, str], printed: Printed, draw: random.Random, kind: str
) -> None:
    texts = draw.sample(sorted(names.values()), draw.randint(1, 63))
    texts[0] = damaged(texts[0], draw)[draw.randint(0, 1)]
    other = [unicodedata.normalize(kind, text) for text in texts]
    before, after = (match_names(printed(t), catalogue, 2016) for t in (texts, other))
    assert [(m.body_code, m.match_rule) for m in before] == [
        (m.body_code, m.match_rule) for m in after
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_province_is_itself_under_every_prefix(
    catalogue: Catalogue, names: dict[str, str], printed: Printed, prefix: str
) -> None:
    matches = match_names(printed([prefix + n for n in names.values()]), catalogue, 2016)
    assert [m.body_code for m in matches] == list(names)
    assert {m.match_rule for m in matches} <= {"alias", "prefix"}


def test_every_province_is_itself_without_its_marks(
    catalogue: Catalogue, names: dict[str, str], printed: Printed
) -> None:
    for code, name in names.items():
        texts = {**names, code: stripped_form(name)}
        matches = match_names(printed(list(texts.values())), catalogue, 2016)
        assert [m.body_code for m in matches] == list(names)
        (rule,) = {m.match_rule for m in matches} - {"exact"} or {"exact"}
        unmarked = name in ("An Giang", "Gia Lai", "Kon Tum", "Long An")
        assert rule == ("prefix" if unmarked else "mark_stripped")


def test_one_wrong_letter_in_a_full_list_never_binds_the_wrong_body(
    catalogue: Catalogue, names: dict[str, str], printed: Printed
) -> None:
    right = tried = 0
    for code, name in names.items():
        for text in every_damage(name):
            listed = printed(list({**names, code: text}.values()))
            matches = match_names(listed, catalogue, 2016)
            found = dict(zip(names, (m.body_code for m in matches), strict=True))
            assert all(bound in (owner, None) for owner, bound in found.items()), text
            tried += 1
            right += None not in found.values()
    assert right > tried * 0.95


def test_one_wrong_letter_in_a_lone_name_never_binds_the_wrong_body(
    catalogue: Catalogue, names: dict[str, str], printed: Printed
) -> None:
    for code, name in names.items():
        for text in every_damage(name):
            (match,) = match_names(printed([text]), catalogue, 2016)
            assert match.body_code in (code, None), text


@pytest.mark.parametrize(("first", "second"), CONFUSABLE)
def test_similar_names_are_never_confused(
    catalogue: Catalogue, names: dict[str, str], printed: Printed, first: str, second: str
) -> None:
    """Texts one letter from either name, alone and beside the other name."""
    codes = {name: code for code, name in names.items()}
    for name, other in ((first, second), (second, first)):
        for text in {t for letter in LETTERS for t in every_damage(name, letter)}:
            (alone,) = match_names(printed([text]), catalogue, 2016)
            assert alone.body_code in (codes[name], None), text
            beside, kept = match_names(printed([text, other]), catalogue, 2016)
            assert beside.body_code in (codes[name], None), text
            assert kept.body_code in (codes[other], None), text

"""Finding the body a person means, by code or by name with or without marks.

Belongs here: one typed name against the year's registry. Does not belong here: binding the
names of a source (`assets.entities`), which needs the whole list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

import pyarrow as pa

from assets.entities.names import exact_form, stripped_form
from assets.explain.errors import BodyError

CANDIDATES_SHOWN = 5


def find_body(text: str, bodies: pa.Table, names: pa.Table) -> tuple[str, str]:
    """(body_code, body_name) of the body meant, from raw_bodies and raw_body_names of a year.

    Tried in this order: code, name or further spelling as registered, the same without marks,
    letter case and words such as tỉnh. The first that fits decides. BodyError if it fits
    several bodies, or nothing fits (then with the nearest names).
    """
    registered = dict(
        zip(bodies["body_code"].to_pylist(), bodies["body_name"].to_pylist(), strict=True)
    )
    spellings = list(registered.items())
    spellings += [
        (row["body_code"], row["alias"])
        for row in names.to_pylist()
        if row["body_code"] in registered
    ]
    typed = exact_form(text)
    if typed.upper() in registered:
        return typed.upper(), registered[typed.upper()]
    for form in (exact_form, stripped_form):
        codes = sorted({code for code, name in spellings if form(name) == form(typed)})
        if len(codes) == 1:
            return codes[0], registered[codes[0]]
        if codes:
            raise BodyError(
                f"{text!r} means several bodies of the year: {_listed(codes, registered)}; "
                f"give the code"
            )
    nearest = _nearest(typed, spellings, stripped_form)
    hint = f"nearest are {_listed(nearest, registered)}" if nearest else "no name is near to it"
    raise BodyError(f"{text!r} is no body of the year; {hint}")


def _nearest(
    typed: str, spellings: Iterable[tuple[str, str]], form: Callable[[str], str]
) -> list[str]:
    """Codes of the bodies with the nearest spellings, nearest first, each once."""
    by_form: dict[str, list[str]] = {}
    for code, name in spellings:
        by_form.setdefault(form(name), []).append(code)
    close = get_close_matches(form(typed), sorted(by_form), n=CANDIDATES_SHOWN)
    return list(dict.fromkeys(code for spelling in close for code in by_form[spelling]))


def _listed(codes: Iterable[str], registered: Mapping[str, str]) -> str:
    return ", ".join(f"{code} ({registered[code]})" for code in codes)

"""The SQL of the models keeps to what both engines read alike (docs/engines.md). The expressions
behind each rule are tried on both in tests/spark; here the text is held against the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[3] / "dbt_project" / "models"

#: What no model may say -> why. Macros are where the engines are told apart.
FORBIDDEN = {
    r'"': "a quoted name is a text on Spark",
    r"\bqualify\b": "Spark 4.1 does not know it",
    r"\bread_parquet\b|\bparquet\.": "models read relations, not files",
    r"\bmerge\s+into\b": "Parquet tables of Spark have no merge",
    r"//|\bdiv\b|(?<!\*)/(?!\*)": "divide by a macro: quotient, halves_up, share_of",
    r"\bavg\(": "a mean is a division: share_of(sum, count)",
    r"\bconcat\(": "DuckDB passes over nulls, Spark does not: write ||",
    r"\b(string_agg|listagg|array_agg|collect_list|group_concat)\(": "use texts_in_order",
    r"\bregexp_replace\(": "DuckDB replaces the first hit, Spark all: only in anchored macros",
    r"\bhugeint\b": "use whole()",
    r"\b(double|real|float)\b": "numbers are decimals",
    r"\b(hash|dayofweek|strftime|date_format|interval)\b": "the engines differ",
    r"\bexclude\b|\bunion\s+(all\s+)?by\s+name\b|\bunnest\b|\bexplode\b": "one engine only",
    r"\bcast\([^()]*\bas (varchar|text)\)": "write string, which both know",
}


def plain(text: str) -> str:
    """SQL without comments, texts in quotes and calls of macros."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", " ", text)
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def loose_orders(text: str) -> list[str]:
    """Entries of `order by` that do not say where nulls go."""
    loose = []
    for found in re.finditer(r"\border by\b", text):
        depth, entries = 0, [""]
        for letter in text[found.end() :]:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if depth < 0:
                break
            if letter == "," and depth == 0:
                entries.append("")
            else:
                entries[-1] += letter
        last = re.split(r"\b(?:rows|range) between\b", entries[-1])[0]
        loose += [e.strip() for e in (*entries[:-1], last) if not e.rstrip().endswith("nulls last")]
    return loose


def breaches(text: str) -> list[str]:
    """What a model says that the engines read in two ways, with the reason."""
    sql = plain(text)
    found = [
        f"{hit.group(0)!r}: {reason}"
        for pattern, reason in FORBIDDEN.items()
        for hit in re.finditer(pattern, sql, re.IGNORECASE)
    ]
    return found + [f"order by {entry}: say nulls last" for entry in loose_orders(sql)]


def test_every_model_reads_alike_on_both_engines() -> None:
    models = sorted(MODELS.rglob("*.sql"))
    assert len(models) > 50
    assert {m.stem: b for m in models if (b := breaches(m.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "bad",
    [
        'select "body_code" from t',
        "select x from t qualify row_number() over (order by x asc nulls last) = 1",
        "select x from read_parquet('a.parquet')",
        "select x from parquet.`a`",
        "merge into t using s on t.x = s.x",
        "select a // b from t",
        "select a / nullif(b, 0) from t",
        "select a div b from t",
        "select avg(x) from t",
        "select concat(a, b) from t",
        "select string_agg(x, ',' order by x asc nulls last) from t",
        "select regexp_replace(x, 'a', 'b') from t",
        "select cast(x as hugeint) from t",
        "select cast(x as double) from t",
        "select hash(x) from t",
        "select x + interval '1' month from t",
        "select * exclude (x) from t",
        "select cast(x as varchar) from t",
        "select rank() over (order by x desc) from t",
        "select rank() over (partition by y order by x asc nulls last, z asc) from t",
        "select min(x) over (order by x desc rows between 1 preceding and current row) from t",
    ],
)
def test_what_differs_is_found(bad: str) -> None:
    assert len(breaches(bad)) >= 1


def test_what_only_looks_like_it_is_not_found() -> None:
    good = """
        -- ranks ("1, 1, 3") and 94,73% of a / b
        select 'a / "b"' as x, {{ share_of('a', 'b') }} as y, /* no */ rank() over (
            order by coalesce(a, b) desc nulls last, c asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as z
    """
    assert breaches(good.replace("/* no */", "")) == []

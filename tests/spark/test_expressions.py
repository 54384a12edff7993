"""Each rule for SQL on two engines (docs/engines.md), by an expression: the way our SQL says it
gives one value on both, and what the rule forbids still gives two."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
    pytest.skip(
        "Java 17 or pyspark is not on this machine; CI has both and allows no skip",
        allow_module_level=True,
    )

from pyspark.sql import SparkSession

from assets.warehouse.project import PROJECT_DIR

CASES: list[dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("expressions.yaml").read_text("utf-8")
)
ENGINES = ("duckdb", "spark")
MACROS = "".join(
    (PROJECT_DIR / "macros" / name).read_text("utf-8")
    for name in ("arithmetic.sql", "expressions.sql")
)


def query(expression: str, given: str, engine: str) -> str:
    """The expression over what is given, with our macros as that engine has them."""
    whole = expression.replace("{given}", given)
    if not whole.startswith("select "):
        whole = f"select {whole}" + (f" from {given}" if given else "")
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 (SQL, not markup)
    target = SimpleNamespace(type=engine)
    return environment.from_string(MACROS + whole).render(target=target).strip()


@pytest.fixture(scope="module")
def run() -> dict[str, Callable[[str], Any]]:
    """How each engine answers a query of one value. Spark has the settings of the profile."""
    profile = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text("utf-8"))
    settings = profile["egov"]["outputs"]["spark_local"]["server_side_parameters"]
    builder = SparkSession.builder
    for name, value in {**settings, "spark.sql.ansi.enabled": "true"}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    own = duckdb.connect()
    return {
        "duckdb": lambda sql: own.sql(sql).fetchall()[0][0],
        "spark": lambda sql: spark.sql(sql).collect()[0][0],
    }


def answer(run: Callable[[str], Any], sql: str) -> str:
    """The value as its Python type and text, `none`, or `error`."""
    try:
        value = run(sql)
    except Exception:
        return "error"
    if value is None:
        return "none"
    text = format(value, "f") if type(value).__name__ == "Decimal" else str(value)
    return f"{type(value).__name__} {text}"


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_a_rule_holds_and_is_needed(
    case: dict[str, str], run: dict[str, Callable[[str], Any]]
) -> None:
    given = case.get("given", "")
    safe = {e: answer(run[e], query(case["safe"], given, e)) for e in ENGINES}
    assert safe == dict.fromkeys(ENGINES, case["value"])
    if "unsafe" in case:
        unsafe = {e: answer(run[e], query(case["unsafe"], given, e)) for e in ENGINES}
        assert unsafe == {e: case[e] for e in ENGINES}


def test_quoted_names_are_names_on_both(run: dict[str, Callable[[str], Any]]) -> None:
    """A net under the rule: were a name quoted, Spark would not take it for a text."""
    assert answer(run["spark"], 'select "x" from (values (1)) as t(x)') == "int 1"


def test_forbidden_expressions_differ() -> None:
    pairs = [(case["rule"], case["duckdb"], case["spark"]) for case in CASES if "unsafe" in case]
    assert len(pairs) >= 10
    assert [rule for rule, duck, spark in pairs if duck == spark] == []

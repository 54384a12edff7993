# Every target sets up its own .venv from python3 and pip alone; nothing else is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.ready-spark

.PHONY: run demo crawl-demo backfill test faults ui check bench bench-cases bench-crawl bench-analysis bench-explorer spark-cluster format generate clean

run: $(READY)          ## the main job: the real 2016 report to a sealed release
	$(BIN)/egov run 2016

demo: $(READY)         ## a synthetic year from empty forms to ranks, in build/demo
	$(BIN)/egov demo

crawl-demo: $(READY)   ## a season of visits to made-up portals on loopback, in build/crawl-demo
	$(BIN)/python -m tests.crawl_demo

backfill: $(READY)     ## every year held, 2011 to 2024
	$(BIN)/egov backfill 2011-2024

test: $(SPARK)         ## all tests but the long fault runs, a test file a core, the long files first
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: $(READY)       ## the long fault and load runs
	$(BIN)/python -m pytest -m slow

ui: $(READY)           ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/egov ui

check: $(READY)        ## lint, format, types, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 1 dbt_project/models

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(READY)     ## dbt YAML and data dictionary from the registry
	$(BIN)/egov generate

bench: $(READY)        ## one year and a backfill against bare dbt, as ratios
	$(BIN)/python -m tests.bench

bench-cases: $(READY)  ## five million made-up cases, to gated Parquet and marts, against bare DuckDB
	$(BIN)/python -m tests.bench_cases

bench-analysis: $(READY)  ## 2,000 draws of every year and body, against a naive loop
	$(BIN)/python -m tests.bench_analysis

bench-explorer: $(READY)  ## size of the explorer, and time to its first view in chromium
	$(BIN)/python -m tests.bench_explorer

bench-crawl: $(READY)  ## a round of the crawler against a bare loop of its client
	$(BIN)/python -m tests.bench_crawl

spark-cluster: $(SPARK) ## 2016 on a Spark cluster of this machine against DuckDB; minutes, Java 17
	$(BIN)/python -m tests.spark_cluster

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

$(SPARK): $(READY) requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements-spark.lock
	touch $(SPARK)

clean:
	rm -rf $(VENV) build *.egg-info

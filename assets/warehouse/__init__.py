"""dbt inside Dagster: the project and its manifest, one database a run, what was built.

Belongs here: making the per-run DuckDB file with views over promoted Parquet, calling dbt in
this process, on DuckDB or on Spark, reading the built marts back, column lineage, the asset
specs from the manifest, and the dbt YAML that follows from the registry. All SQL is in
`dbt_project/`.
"""

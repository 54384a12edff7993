{# Where Spark reads and writes. DuckDB needs none of this: its views stand in the run's database
   before dbt starts. The values come with each run from assets/warehouse/spark.py. #}

{# Before the models: the statements that name the raw Parquet. #}
{% macro register_relations() -%}
{% if execute and target.type == 'spark' -%}
{% for statement in var('relations', []) -%}
{% do run_query(statement) -%}
{% endfor -%}
{% endif -%}
{%- endmacro %}

{# After the models: the names of the run go, the Parquet stays for who reads it. #}
{% macro forget_relations() -%}
{% if execute and target.type == 'spark' -%}
{% for schema in schemas -%}
{% do run_query('drop schema if exists ' ~ schema ~ ' cascade') -%}
{% endfor -%}
{% endif -%}
{%- endmacro %}

{# The schema of a run has a folder of the run's own, not the cluster's. #}
{% macro spark__create_schema(relation) -%}
{% call statement('create_schema') -%}
create schema if not exists {{ relation }} location '{{ var('tables_folder') }}/schema'
{%- endcall %}
{%- endmacro %}

{# A table with a location outlives its name. #}
{% macro spark__location_clause() -%}
location '{{ var('tables_folder') }}/{{ model['alias'] }}'
{%- endmacro %}

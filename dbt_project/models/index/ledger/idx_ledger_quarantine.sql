-- What could not be read is an open question of the year: mended, or reviewed in the corrections.
select
    assessment_year,
    'none' as index_code,
    'quarantine' as item,
    coalesce(table_no, 'none') as table_no,
    'none' as universe,
    'none' as category,
    rule_id || ', ' || coalesce(column_name, 'line') || ', part ' || cast(part_no as string)
        as subject,
    '-' as body_code,
    raw_value as printed,
    cast(null as string) as recomputed,
    cast(null as decimal(18, 6)) as difference,
    'unexplained' as class,
    'not_read' as rule,
    reason_en as note,
    line_no,
    file_sha256
from {{ ref('stg_quarantine') }}

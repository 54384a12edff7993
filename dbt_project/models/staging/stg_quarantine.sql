with of_report as (
    select * from {{ source('raw', 'raw_report_quarantine') }}
),

of_history as (
    select * from {{ source('raw', 'raw_history_quarantine') }}
),

quarantined as (
    select * from of_report
    union all
    select * from of_history
)

select
    file_sha256,
    assessment_year,
    table_no,
    line_no,
    column_no,
    part_no,
    column_name,
    rule_id,
    raw_value,
    reason_en
from quarantined

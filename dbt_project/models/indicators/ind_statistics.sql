select
    assessment_year,
    index_code,
    regime,
    block,
    table_no,
    row_no,
    column_no,
    part_no,
    measure,
    case
        when statistic_group is null then statistic
        else statistic_group || ': ' || coalesce(statistic, '')
    end as row,
    scope,
    statistic,
    value,
    unit,
    value_status,
    decimals,
    line_no,
    raw_text,
    file_sha256
from {{ ref('stg_report_values') }}
where
    table_kind = 'statistics'
    and row_kind = 'data'
    and measure in ('statistic', 'numerator', 'denominator')

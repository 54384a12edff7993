select
    file_sha256,
    assessment_year,
    table_no,
    line_no,
    title_vi,
    table_kind,
    index_code,
    regime,
    block,
    universe,
    category,
    rank_policy,
    rank_by,
    tie_break,
    missing_policy,
    expected_bodies
from {{ source('raw', 'raw_report_tables') }}

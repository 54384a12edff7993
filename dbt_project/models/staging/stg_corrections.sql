select
    assessment_year,
    table_no,
    item,
    subject,
    body_code,
    printed,
    corrected,
    correction_class,
    evidence,
    reason_en
from {{ source('raw', 'raw_corrections') }}

-- Counts of cases by month, as bodies or the national portal give them.
select
    assessment_year,
    body_code,
    service_code,
    declared_level,
    service_class,
    channel,
    month,
    cases_received,
    value_status,
    cases_resolved,
    cases_on_time,
    cases_fee_online,
    is_synthetic,
    file_sha256,
    line_no
from {{ source('raw', 'raw_monthly_cases') }}

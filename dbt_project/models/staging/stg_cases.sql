-- Case records of the year, as far as they are counted.
select
    assessment_year,
    body_code,
    case_id,
    service_code,
    channel,
    received_on,
    case_result,
    fee_payment,
    is_synthetic
from {{ source('raw', 'raw_cases') }}

-- Methods in force in the year.
select
    assessment_year,
    index_code,
    regime,
    block,
    decimals,
    not_applicable_rule,
    method_sha256
from {{ source('raw', 'raw_methods') }}

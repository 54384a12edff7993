-- Catalogue of online services of the year, each period of validity a row.
select
    service_code,
    assessment_year,
    body_code,
    service_name,
    procedure_code,
    unit_name,
    declared_level,
    service_class,
    valid_from,
    valid_to,
    url,
    is_synthetic,
    file_sha256,
    line_no
from {{ source('raw', 'raw_services') }}

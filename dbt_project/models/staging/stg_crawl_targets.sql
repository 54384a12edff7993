-- Register of the portals and services to visit.
select
    target_id,
    assessment_year,
    target_kind,
    body_code,
    service_code,
    service_name,
    declared_level,
    url
from {{ source('raw', 'raw_crawl_targets') }}

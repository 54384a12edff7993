-- A printed address belongs to the body whose registered address has the same host.
with printed as (
    select
        *,
        {{ host_of('value_text') }} as website_host
    from {{ ref('stg_report_values') }}
    where measure = 'website' and body_code is not null
),

members as (
    select
        index_code,
        universe,
        body_code,
        registered_website,
        {{ host_of('registered_website') }} as registered_host
    from {{ ref('stg_members') }}
)

select
    printed.assessment_year,
    printed.index_code,
    printed.regime,
    printed.block,
    printed.universe,
    printed.table_no,
    printed.body_code,
    printed.body_name,
    printed.value_text as website,
    printed.website_host,
    own.registered_website,
    owner.body_code as belongs_to_body,
    printed.line_no,
    printed.file_sha256
from printed
left join members as own
    on
        printed.index_code = own.index_code
        and printed.universe = own.universe
        and printed.body_code = own.body_code
left join members as owner
    on
        printed.index_code = owner.index_code
        and printed.universe = owner.universe
        and printed.website_host = owner.registered_host

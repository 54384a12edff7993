with websites as (
    select
        *,
        case
            when website_host = {{ host_of('registered_website') }} and website like '% %'
                then 'blank_inside_address'
            when website_host = {{ host_of('registered_website') }} then 'registered_address'
            when belongs_to_body is not null then 'address_of_another_body'
            else 'address_not_registered'
        end as rule
    from {{ ref('ind_websites') }}
)

select
    assessment_year,
    index_code,
    'website' as item,
    table_no,
    universe,
    'portal' as category,
    coalesce(belongs_to_body, 'no body') as subject,
    body_code,
    website as printed,
    registered_website as recomputed,
    cast(null as decimal(18, 6)) as difference,
    case rule
        when 'registered_address' then 'match'
        when 'blank_inside_address' then 'ocr'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from websites

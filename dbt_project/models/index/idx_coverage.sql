with published as (
    select * from {{ ref('idx_published_values') }}
),

universes as (
    select * from {{ ref('stg_universes') }}
),

held as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        category,
        year_status,
        cast(count(distinct body_code) as integer) as bodies_held,
        max({{ trust_order('trust') }}) as lowest_trust
    from published
    group by assessment_year, index_code, regime, block, universe, category, year_status
)

select
    held.assessment_year,
    held.index_code,
    held.regime,
    held.block,
    held.universe,
    held.category,
    held.bodies_held,
    universes.bodies_expected,
    {{ coverage_text('held.bodies_held', 'universes.bodies_expected') }} as coverage,
    coalesce(held.bodies_held < universes.bodies_expected, true) as is_partial,
    case held.lowest_trust
        when 1 then 'official_full'
        when 2 then 'official_page'
        when 3 then 'press'
        when 4 then 'third_party_copy'
        else 'third_party_doubtful'
    end as trust,
    held.year_status
from held
left join universes
    on
        held.index_code = universes.index_code
        and held.universe = universes.universe

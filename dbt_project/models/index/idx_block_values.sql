with block_means as (
    select * from {{ ref('stg_history_values') }}
    where value_of = 'block'
),

body_means as (
    select
        index_code,
        universe,
        category,
        trust,
        cast(sum(published_value) as decimal(28, 6)) as value_sum,
        count(published_value) as value_count
    from {{ ref('idx_published_values') }}
    group by index_code, universe, category, trust
),

complete_means as (
    select
        body_means.index_code,
        body_means.universe,
        body_means.category,
        min({{ share_of('body_means.value_sum', 'body_means.value_count') }}) as mean_value
    from body_means
    inner join {{ ref('stg_universes') }} as universes
        on
            body_means.index_code = universes.index_code
            and body_means.universe = universes.universe
            and body_means.value_count = universes.bodies_expected
    group by body_means.index_code, body_means.universe, body_means.category
),

held as (
    select index_code, universe, category, bodies_held from {{ ref('idx_coverage') }}
),

universes as (
    select * from {{ ref('stg_universes') }}
)

select
    block_means.value_key,
    block_means.assessment_year,
    block_means.index_code,
    block_means.regime,
    block_means.block,
    block_means.universe,
    block_means.category,
    block_means.published_value,
    block_means.value_status,
    block_means.decimals,
    complete_means.mean_value as computed_value,
    coalesce(held.bodies_held, 0) as bodies_held,
    universes.bodies_expected,
    block_means.trust,
    block_means.source_ref,
    block_means.line_no,
    block_means.file_sha256
from block_means
left join complete_means
    on
        block_means.index_code = complete_means.index_code
        and block_means.universe = complete_means.universe
        and block_means.category = complete_means.category
left join held
    on
        block_means.index_code = held.index_code
        and block_means.universe = held.universe
        and block_means.category = held.category
left join universes
    on
        block_means.index_code = universes.index_code
        and block_means.universe = universes.universe

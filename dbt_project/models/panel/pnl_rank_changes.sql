with history as (
    select * from {{ ref('pnl_value_history') }}
),

paired as (
    select
        *,
        lag(assessment_year) over previous_year as from_year,
        lag(regime) over previous_year as from_regime,
        lag(published_rank) over previous_year as from_rank,
        lag(published_value) over previous_year as from_value,
        lag(is_partial) over previous_year as from_is_partial
    from history
    window previous_year as (
        partition by index_code, universe, category, body_code
        order by assessment_year asc nulls last
    )
)

select
    from_year,
    assessment_year,
    index_code,
    from_regime,
    regime,
    block,
    universe,
    category,
    body_code,
    body_name,
    from_rank,
    published_rank,
    rank_status,
    cast(from_rank - published_rank as integer) as places_gained,
    from_value,
    published_value,
    value_status,
    cast(
        case when from_regime = regime then published_value - from_value end as decimal(18, 6)
    ) as value_change,
    coalesce(
        from_regime = regime and not from_is_partial and not is_partial
        and assessment_year = from_year + 1,
        false
    ) as is_comparable,
    case
        when from_regime <> regime then 'method break: ' || from_regime || ' to ' || regime
        when assessment_year <> from_year + 1 then 'not neighbouring years'
        when from_is_partial or is_partial then 'partial year: ' || coverage
        else 'one regime, one universe, all bodies held'
    end as comparability
from paired
where from_year is not null

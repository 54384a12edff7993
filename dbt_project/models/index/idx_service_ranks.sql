-- Bodies ranked from the catalogue and the cases of the year under declared policies: competition
-- ranks on unrounded figures. Under last_rank a count of zero is none: a body without a figure
-- and without one that separates ties shares the last place, the number of bodies on the list.
{% set measures = [
    'services_total', 'services_level3', 'services_level4', 'services_full', 'services_partial',
    'services_any_cases', 'services_online_cases', 'cases_total', 'cases_online', 'online_share',
    'on_time_share'
] %}
with listed as (
    select
        totals.assessment_year,
        totals.index_code,
        totals.block,
        totals.universe,
        policies.ranking,
        totals.body_code,
        totals.body_name,
        policies.rank_measure,
        policies.rank_missing,
        {% for measure, key in (('rank_measure', 'figure'), ('tie_break', 'tie_figure')) -%}
        case policies.{{ measure }}
            {% for name in measures -%}
            when '{{ name }}' then cast(totals.{{ name }} as decimal(18, 6))
            {% endfor -%}
        end as {{ key }},
        {% endfor -%}
        case
            when policies.rank_measure = 'cases_online' then totals.months_online < 12
            when policies.rank_measure in ('cases_total', 'online_share')
                then totals.months_total < 12
            when policies.rank_measure = 'on_time_share' then totals.months_held < 12
            when policies.rank_measure in ('services_any_cases', 'services_online_cases')
                then coalesce(totals.services_unknown > 0, true)
            else totals.services_status = 'not_stated'
        end as is_partial,
        totals.is_synthetic
    from {{ ref('ind_service_totals') }} as totals
    inner join {{ ref('stg_service_rankings') }} as policies on totals.block = policies.block
    where policies.listed = 'members' or coalesce(totals.services_total, 1) > 0
),

keyed as (
    select
        *,
        case when rank_missing = 'last_rank' then nullif(figure, 0) else figure end as sort_figure,
        case when rank_missing = 'last_rank' then nullif(tie_figure, 0) else tie_figure end
            as sort_tie
    from listed
),

judged as (
    select
        *,
        case
            when rank_missing = 'unranked' then sort_figure is null
            else sort_figure is null and sort_tie is null
        end as is_missing
    from keyed
),

ranked as (
    select
        *,
        count(*) over (partition by index_code, universe, ranking) as bodies_listed,
        count(figure) over (partition by index_code, universe, ranking) as bodies_held,
        rank() over (
            partition by index_code, universe, ranking
            order by
                is_missing asc nulls last,
                sort_figure desc nulls last,
                sort_tie desc nulls last
        ) as position
    from judged
)

select
    assessment_year,
    index_code,
    block,
    universe,
    ranking,
    body_code,
    body_name,
    rank_measure,
    figure as rank_key,
    tie_figure as tie_key,
    cast(
        case
            when not is_missing then position
            when rank_missing = 'last_rank' then bodies_listed
        end as integer
    ) as rank,
    case
        when not is_missing then 'ranked'
        when rank_missing = 'last_rank' then 'shared_last'
        else 'unranked'
    end as rank_state,
    is_partial,
    cast(bodies_listed as integer) as bodies_listed,
    cast(bodies_held as integer) as bodies_held,
    {{ coverage_text('bodies_held', 'bodies_listed') }} as coverage,
    is_synthetic
from ranked

-- For how many bodies of each universe cases are known, by kind of source, and for which months.
with numbers as (
    {% for number in range(1, 13) -%}
    select '{{ '%02d' % number }}' as number
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

known as (
    select
        members.assessment_year,
        members.index_code,
        members.block,
        members.universe,
        months.counted_from,
        months.body_code,
        months.month,
        months.is_synthetic
    from {{ ref('ind_case_months') }} as months
    inner join {{ ref('stg_members') }} as members on months.body_code = members.body_code
    where months.service_code is null and months.value_status = 'reported'
),

by_month as (
    select
        assessment_year,
        index_code,
        block,
        universe,
        counted_from,
        cast(count(distinct body_code) as integer) as bodies_held,
        cast(count(distinct month) as integer) as months_held,
        min(month) as first_month,
        max(month) as last_month,
        bool_or(is_synthetic) as is_synthetic
    from known
    group by assessment_year, index_code, block, universe, counted_from
),

every_month as (
    select
        by_month.index_code,
        by_month.universe,
        by_month.counted_from,
        cast(by_month.assessment_year as string) || '-' || numbers.number as month_text
    from by_month
    cross join numbers
),

held_months as (
    select distinct
        index_code,
        universe,
        counted_from,
        substr(cast(month as string), 1, 7) as month_text
    from known
),

missing as (
    select
        every_month.index_code,
        every_month.universe,
        every_month.counted_from,
        {{ texts_in_order('every_month.month_text') }} as months_missing
    from every_month
    left join held_months
        on
            every_month.index_code = held_months.index_code
            and every_month.universe = held_months.universe
            and every_month.counted_from = held_months.counted_from
            and every_month.month_text = held_months.month_text
    where held_months.month_text is null
    group by every_month.index_code, every_month.universe, every_month.counted_from
),

of_report as (
    select
        assessment_year,
        index_code,
        block,
        universe,
        'published' as counted_from,
        cast(count(distinct body_code) as integer) as bodies_held,
        cast(null as integer) as months_held,
        cast(null as date) as first_month,
        cast(null as date) as last_month,
        false as is_synthetic
    from {{ ref('ind_case_totals') }}
    where online_cases is not null
    group by assessment_year, index_code, block, universe
),

held as (
    select * from by_month
    union all
    select * from of_report
)

select
    held.assessment_year,
    held.index_code,
    held.block,
    held.universe,
    held.counted_from,
    held.bodies_held,
    universes.bodies_expected,
    {{ coverage_text('held.bodies_held', 'universes.bodies_expected') }} as coverage,
    held.bodies_held < universes.bodies_expected as is_partial,
    held.months_held,
    held.first_month,
    held.last_month,
    case when held.months_held is not null then coalesce(missing.months_missing, 'none') end
        as months_missing,
    held.is_synthetic
from held
inner join {{ ref('stg_universes') }} as universes
    on held.index_code = universes.index_code and held.universe = universes.universe
left join missing
    on
        held.index_code = missing.index_code
        and held.universe = missing.universe
        and held.counted_from = missing.counted_from

{% set service_measures = [
    ('services_level3', 'level3', 'services'),
    ('services_level4', 'level4', 'services'),
    ('services_total', 'total', 'services'),
    ('bodies_with_level3', 'bodies_level3', 'bodies'),
    ('bodies_with_level4', 'bodies_level4', 'bodies'),
    ('bodies_with_any_service', 'bodies_any', 'bodies'),
] %}
with services as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        table_no,
        cast(sum(level3) as bigint) as level3,
        cast(sum(level4) as bigint) as level4,
        cast(sum(total) as bigint) as total,
        count(case when level3 > 0 then 1 end) as bodies_level3,
        count(case when level4 > 0 then 1 end) as bodies_level4,
        count(case when total > 0 then 1 end) as bodies_any,
        count(total) as bodies_held,
        count(*) as bodies_listed
    from {{ ref('ind_service_counts') }}
    group by assessment_year, index_code, regime, block, table_no
),

cases as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        table_no,
        cast(sum(online_cases) as bigint) as online_cases,
        count(online_cases) as bodies_held,
        count(*) as bodies_listed
    from {{ ref('ind_case_totals') }}
    group by assessment_year, index_code, regime, block, table_no
),

with_cases as (
    select
        block,
        max(case when {{ is_level_row(3) }} then value end) as level3,
        max(case when {{ is_level_row(4) }} then value end) as level4
    from {{ ref('ind_statistics') }}
    where measure = 'statistic' and {{ is_services_with_cases() }}
    group by block
),

named as (
    {% for measure, total, unit in service_measures -%}
    select
        assessment_year,
        index_code,
        regime,
        block,
        table_no,
        bodies_held,
        bodies_listed,
        '{{ measure }}' as national_measure,
        cast({{ total }} as decimal(18, 6)) as computed_value,
        '{{ unit }}' as unit
    from services
    union all
    {% endfor -%}
    {% for level in ('level3', 'level4') -%}
    select
        services.assessment_year,
        services.index_code,
        services.regime,
        services.block,
        services.table_no,
        services.bodies_held,
        services.bodies_listed,
        'share_{{ level }}_with_online_cases' as national_measure,
        {{ share_of('with_cases.' ~ level, 'services.' ~ level, times=100) }} as computed_value,
        'percent' as unit
    from services
    inner join with_cases on services.block = with_cases.block
    union all
    {% endfor -%}
    select
        assessment_year,
        index_code,
        regime,
        block,
        table_no,
        bodies_held,
        bodies_listed,
        'online_cases' as national_measure,
        cast(online_cases as decimal(18, 6)) as computed_value,
        'cases' as unit
    from cases
)

select
    assessment_year,
    index_code,
    regime,
    block,
    national_measure,
    computed_value,
    unit,
    cast(bodies_held as integer) as bodies_held,
    cast(bodies_listed as integer) as bodies_expected,
    {{ coverage_text('bodies_held', 'bodies_listed') }} as coverage,
    table_no
from named

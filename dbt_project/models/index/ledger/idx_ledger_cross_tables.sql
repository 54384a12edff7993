-- Figures that two tables state: the summary of services (2.5, 4.5, 4.6) against the counts by
-- body (2.6, 4.7) and the statements on cases (2.7, 4.8). Statements name only services whose
-- figures a body gave, so their sum is a lower bound of the summary.
with statistics as (
    select * from {{ ref('ind_statistics') }}
    where measure = 'statistic' and value is not null
),

totals as (
    select
        block,
        max(case when national_measure = 'services_level3' then computed_value end) as level3,
        max(case when national_measure = 'services_level4' then computed_value end) as level4,
        max(case when national_measure = 'bodies_with_level3' then computed_value end)
            as bodies_level3,
        max(case when national_measure = 'bodies_with_level4' then computed_value end)
            as bodies_level4,
        max(case when national_measure = 'bodies_with_any_service' then computed_value end)
            as bodies_any
    from {{ ref('idx_national_totals') }}
    group by block
),

stated as (
    select
        block,
        cast(sum(case when level = '3' then services_online_cases end) as decimal(18, 6))
            as level3,
        cast(sum(case when level = '4' then services_online_cases end) as decimal(18, 6))
            as level4
    from {{ ref('ind_case_counts') }}
    group by block
),

summary as (
    select
        statistics.*,
        case
            when {{ is_level_row(3) }} and {{ is_level_row(4) }} then 'either'
            when {{ is_level_row(3) }} then '3'
            when {{ is_level_row(4) }} then '4'
        end as row_level,
        case
            when unit = 'provinces' then 'bodies'
            when {{ is_services_with_cases() }} then 'services_with_cases'
            else 'services'
        end as row_subject
    from statistics
    where {{ is_level_row(3) }} or {{ is_level_row(4) }}
),

compared as (
    select
        summary.assessment_year,
        summary.index_code,
        summary.table_no,
        summary.block as universe,
        summary.row_subject || ', level ' || summary.row_level as subject,
        '-' as body_code,
        summary.value as printed_value,
        case
            when summary.row_subject = 'services' and summary.row_level = '3' then totals.level3
            when summary.row_subject = 'services' and summary.row_level = '4' then totals.level4
            when summary.row_subject = 'bodies' and summary.row_level = '3'
                then totals.bodies_level3
            when summary.row_subject = 'bodies' and summary.row_level = '4'
                then totals.bodies_level4
            when summary.row_subject = 'bodies' then totals.bodies_any
            when summary.row_level = '3' then stated.level3
            when summary.row_level = '4' then stated.level4
        end as computed_value,
        summary.row_subject = 'services_with_cases' as is_lower_bound,
        summary.line_no,
        summary.file_sha256
    from summary
    inner join totals on summary.block = totals.block
    left join stated on summary.block = stated.block
),

offered as (
    select block, body_code, '3' as level, level3 as services from {{ ref('ind_service_counts') }}
    union all
    select block, body_code, '4' as level, level4 as services from {{ ref('ind_service_counts') }}
),

services_named as (
    select
        cases.assessment_year,
        cases.index_code,
        cases.table_no,
        cases.universe,
        'services with cases, level ' || cases.level as subject,
        cases.body_code,
        cast(
            greatest(
                coalesce(cases.services_any_cases, 0),
                coalesce(cases.services_online_cases, 0)
            ) + coalesce(cases.services_no_cases, 0) as decimal(18, 6)
        ) as printed_value,
        cast(offered.services as decimal(18, 6)) as computed_value,
        cases.line_no,
        cases.file_sha256
    from {{ ref('ind_case_counts') }} as cases
    inner join offered
        on
            cases.block = offered.block
            and cases.body_code = offered.body_code
            and cases.level = offered.level
    where
        cases.services_any_cases is not null
        or cases.services_online_cases is not null
        or cases.services_no_cases is not null
),

judged as (
    select
        assessment_year,
        index_code,
        table_no,
        universe,
        subject,
        body_code,
        printed_value,
        computed_value,
        case
            when computed_value is null then 'other_table_gives_no_figure'
            when printed_value = computed_value then 'tables_agree'
            when is_lower_bound and printed_value > computed_value then 'statements_cover_a_part'
            when is_lower_bound then 'statements_exceed_summary'
            else 'tables_disagree'
        end as rule,
        line_no,
        file_sha256
    from compared
    union all
    select
        assessment_year,
        index_code,
        table_no,
        universe,
        subject,
        body_code,
        printed_value,
        computed_value,
        case
            when computed_value is null then 'other_table_gives_no_figure'
            when printed_value <= computed_value then 'within_services_offered'
            else 'more_than_services_offered'
        end as rule,
        line_no,
        file_sha256
    from services_named
)

select
    assessment_year,
    index_code,
    'cross_table' as item,
    table_no,
    universe,
    'online_services' as category,
    subject,
    body_code,
    {{ whole_text('printed_value') }} as printed,
    {{ whole_text('computed_value') }} as recomputed,
    cast(printed_value - computed_value as decimal(18, 6)) as difference,
    case
        when rule in ('tables_agree', 'within_services_offered') then 'match'
        when rule in ('statements_cover_a_part', 'other_table_gives_no_figure')
            then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from judged

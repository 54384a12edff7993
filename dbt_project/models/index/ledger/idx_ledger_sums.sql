-- Printed totals against the sums of their parts: totals of a table, and totals of a row.
with printed as (
    select * from {{ ref('stg_report_values') }}
),

table_sums as (
    select
        table_no,
        measure,
        cast(sum(value) as decimal(18, 6)) as summed
    from printed
    where row_kind = 'data'
    group by table_no, measure
),

table_totals as (
    select
        printed.assessment_year,
        printed.index_code,
        'total' as item,
        printed.table_no,
        printed.universe,
        coalesce(printed.category, 'none') as category,
        printed.measure as subject,
        '-' as body_code,
        printed.value as printed_value,
        table_sums.summed as computed_value,
        case when printed.value = table_sums.summed then 'sum_of_rows' else 'sum_differs' end
            as rule,
        printed.line_no,
        printed.file_sha256
    from printed
    inner join table_sums
        on
            printed.table_no = table_sums.table_no
            and printed.measure = table_sums.measure
    where printed.row_kind = 'total' and printed.value is not null
),

service_totals as (
    select
        assessment_year,
        index_code,
        'row_total' as item,
        table_no,
        universe,
        'online_services' as category,
        'services_total' as subject,
        body_code,
        cast(total as decimal(18, 6)) as printed_value,
        cast(level3 + level4 as decimal(18, 6)) as computed_value,
        case when total = level3 + level4 then 'sum_of_levels' else 'sum_differs' end as rule,
        line_no,
        file_sha256
    from {{ ref('ind_service_counts') }}
    where total is not null
),

case_parts as (
    select
        table_no,
        body_code,
        cast(sum(value) as decimal(18, 6)) as summed,
        count(case when value_status = 'share_only' then 1 end) as open_statements
    from printed
    where
        table_kind = 'case_counts'
        and row_kind = 'data'
        and level in ('3', '4')
        and (measure = 'online_cases')
    group by table_no, body_code
),

case_totals as (
    select
        totals.assessment_year,
        totals.index_code,
        'row_total' as item,
        totals.table_no,
        totals.universe,
        'online_cases' as category,
        'online_cases_total' as subject,
        totals.body_code,
        cast(totals.online_cases as decimal(18, 6)) as printed_value,
        case_parts.summed as computed_value,
        case
            when case_parts.summed is null then 'no_part_is_a_count'
            when totals.online_cases = case_parts.summed and case_parts.open_statements > 0
                then 'sum_of_stated_parts'
            when totals.online_cases = case_parts.summed then 'sum_of_parts'
            when case_parts.open_statements > 0 and totals.online_cases > case_parts.summed
                then 'some_parts_are_shares'
            else 'sum_differs'
        end as rule,
        totals.line_no,
        totals.file_sha256
    from {{ ref('ind_case_totals') }} as totals
    left join case_parts
        on
            totals.table_no = case_parts.table_no
            and totals.body_code = case_parts.body_code
    where totals.online_cases is not null
),

found as (
    select * from table_totals
    union all
    select * from service_totals
    union all
    select * from case_totals
)

select
    assessment_year,
    index_code,
    item,
    table_no,
    universe,
    category,
    subject,
    body_code,
    {{ whole_text('printed_value') }} as printed,
    {{ whole_text('computed_value') }} as recomputed,
    cast(printed_value - computed_value as decimal(18, 6)) as difference,
    case
        when rule in ('sum_of_rows', 'sum_of_levels', 'sum_of_parts', 'sum_of_stated_parts')
            then 'match'
        when rule in ('no_part_is_a_count', 'some_parts_are_shares') then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from found

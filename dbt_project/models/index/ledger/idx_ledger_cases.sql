-- Cases by records against monthly counts, of bodies that gave both; and both against what the
-- report prints of the body. Two sources that differ are both kept: which one is wrong, if any, is
-- for a reviewed correction to say.
with months as (
    select * from {{ ref('ind_case_months') }}
    where service_code is null
),

with_both as (
    select body_code
    from months
    group by body_code
    having count(distinct counted_from) = 2
),

monthly as (
    select
        counts.assessment_year,
        'none' as index_code,
        'case_sources' as item,
        'cases' as table_no,
        'none' as universe,
        substr(cast(counts.month as string), 1, 7) || ', ' || counts.channel as subject,
        counts.body_code,
        counts.cases_received as printed_value,
        records.cases_received as found_value,
        case
            when counts.cases_received is null then 'no_count_' || counts.value_status
            when counts.cases_received = coalesce(records.cases_received, 0)
                then 'records_agree_with_counts'
            when records.body_code is null then 'no_record_of_the_month'
            else 'records_differ_from_counts'
        end as rule,
        counts.line_no,
        counts.file_sha256
    from months as counts
    inner join with_both on counts.body_code = with_both.body_code
    left join months as records
        on
            counts.body_code = records.body_code
            and counts.channel = records.channel
            and counts.month = records.month
            and records.counted_from = 'records'
    where counts.counted_from = 'counts'
),

-- Records of a month and channel that the body does not count: beside the first of its counts.
first_counts as (
    select
        *,
        row_number() over (
            partition by body_code
            order by file_sha256 asc nulls last, line_no asc nulls last
        ) as place
    from months
    where counted_from = 'counts'
),

uncounted as (
    select
        records.assessment_year,
        'none' as index_code,
        'case_sources' as item,
        'cases' as table_no,
        'none' as universe,
        substr(cast(records.month as string), 1, 7) || ', ' || records.channel as subject,
        records.body_code,
        cast(null as bigint) as printed_value,
        records.cases_received as found_value,
        'no_count_of_the_month' as rule,
        first_counts.line_no,
        first_counts.file_sha256
    from months as records
    inner join first_counts
        on records.body_code = first_counts.body_code and first_counts.place = 1
    left join months as counts
        on
            records.body_code = counts.body_code
            and records.channel = counts.channel
            and records.month = counts.month
            and counts.counted_from = 'counts'
    where records.counted_from = 'records' and counts.body_code is null
),

-- Online cases of each level: what a body counts for all its services stands before the sum.
level_ways as (
    select
        *,
        min(case when service_code is not null then 2 when service_class is null then 0 else 1 end)
            over (partition by body_code, declared_level, month, counted_from) as way
    from {{ ref('ind_service_cases') }}
    where channel = 'online' and declared_level is not null
),

level_months as (
    select
        body_code,
        declared_level as level,
        month,
        counted_from,
        case
            when count(case when value_status not in ('reported', 'none_arisen') then 1 end) = 0
                then sum(coalesce(cases_received, 0))
        end as online_cases
    from level_ways
    where
        way
        = case when service_code is not null then 2 when service_class is null then 0 else 1 end
    group by body_code, declared_level, month, counted_from
),

found as (
    select
        body_code,
        level,
        counted_from,
        sum(online_cases) as online_cases,
        count(online_cases) as months_known
    from level_months
    group by body_code, level, counted_from
    union all
    select
        body_code,
        'total' as level,
        counted_from,
        cases_online as online_cases,
        months_online as months_known
    from {{ ref('ind_case_years') }}
    where service_code is null
),

held as (
    select distinct
        body_code,
        counted_from
    from months
),

printed as (
    select
        assessment_year,
        index_code,
        table_no,
        universe,
        body_code,
        level,
        online_cases,
        status,
        line_no,
        file_sha256
    from {{ ref('ind_case_counts') }}
    union all
    select
        assessment_year,
        index_code,
        table_no,
        universe,
        body_code,
        'total' as level,
        online_cases,
        value_status as status,
        line_no,
        file_sha256
    from {{ ref('ind_case_totals') }}
),

statements as (
    select
        printed.assessment_year,
        printed.index_code,
        'case_statements' as item,
        printed.table_no,
        printed.universe,
        'level ' || printed.level || ', ' || held.counted_from as subject,
        printed.body_code,
        printed.online_cases as printed_value,
        case when found.months_known = 12 then found.online_cases end as found_value,
        case
            when printed.online_cases is null then 'no_figure_printed'
            when coalesce(found.months_known, 0) < 12 then 'not_every_month_is_known'
            when printed.online_cases = found.online_cases then held.counted_from || '_agree'
            when
                printed.status = 'approximate'
                and 2 * abs(printed.online_cases - found.online_cases)
                <= {{ unit_of('printed.online_cases') }}
                then 'within_the_approximation'
            else held.counted_from || '_differ'
        end as rule,
        printed.line_no,
        printed.file_sha256
    from printed
    inner join held on printed.body_code = held.body_code
    left join found
        on
            held.body_code = found.body_code
            and held.counted_from = found.counted_from
            and printed.level = found.level
),

judged as (
    select * from monthly
    union all
    select * from uncounted
    union all
    select * from statements
)

select
    assessment_year,
    index_code,
    item,
    table_no,
    universe,
    'online_cases' as category,
    subject,
    body_code,
    {{ whole_text('printed_value') }} as printed,
    {{ whole_text('found_value') }} as recomputed,
    cast(printed_value - found_value as decimal(18, 6)) as difference,
    case
        when rule in ('records_agree_with_counts', 'counts_agree', 'records_agree') then 'match'
        when rule = 'within_the_approximation' then 'rounding'
        when rule in ('records_differ_from_counts', 'counts_differ', 'records_differ')
            then 'sources_differ'
        else 'not_recomputable'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from judged

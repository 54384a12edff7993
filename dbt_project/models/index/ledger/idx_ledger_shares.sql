-- Printed shares against the counts printed beside them: 94,73% and 18/19; 2.188/5.968 and 36,6%.
with statistics as (
    select * from {{ ref('ind_statistics') }}
),

fractions as (
    select
        table_no,
        row_no,
        max(case when measure = 'numerator' then value end) as numerator,
        max(case when measure = 'denominator' then value end) as denominator
    from statistics
    where measure in ('numerator', 'denominator')
    group by table_no, row_no
),

statistic_shares as (
    select
        statistics.assessment_year,
        statistics.index_code,
        statistics.table_no,
        statistics.block as universe,
        'none' as category,
        statistics.row || ' (' || cast(statistics.part_no as string) || ')'
            as subject,
        '-' as body_code,
        statistics.value as printed_value,
        statistics.decimals,
        fractions.numerator,
        fractions.denominator,
        statistics.line_no,
        statistics.file_sha256
    from statistics
    inner join fractions
        on
            statistics.table_no = fractions.table_no
            and statistics.row_no = fractions.row_no
    where statistics.measure = 'statistic' and statistics.unit = 'percent'
),

case_statements as (
    select
        assessment_year,
        index_code,
        table_no,
        universe,
        'online_cases' as category,
        'level ' || level || ', statement ' || cast(part_no as string)
            as subject,
        body_code,
        max(case when measure = 'online_share_pct' then value end) as printed_value,
        max(case when measure = 'online_share_pct' then decimals end) as decimals,
        max(case when measure = 'online_cases' then value end) as numerator,
        max(case when measure = 'all_cases' then value end) as denominator,
        min(line_no) as line_no,
        file_sha256
    from {{ ref('stg_report_values') }}
    where
        table_kind = 'case_counts'
        and row_kind = 'data'
        and body_code is not null
        and level in ('3', '4')
    group by
        assessment_year, index_code, table_no, universe, level, part_no, body_code, file_sha256
),

shares as (
    select * from statistic_shares
    union all
    select * from case_statements
    where printed_value is not null
),

computed as (
    select
        *,
        {{ share_of('numerator', 'denominator', times=100) }} as computed_value,
        cast({{ power_of_ten('decimals') }} as decimal(19, 6)) as scale_factor
    from shares
),

judged as (
    select
        *,
        case
            when computed_value is null then 'no_counts_beside_it'
            when printed_value * scale_factor = round(computed_value * scale_factor, 0)
                then 'rounded_share'
            when printed_value * scale_factor = floor(computed_value * scale_factor)
                then 'share_cut_not_rounded'
            else 'share_differs'
        end as rule
    from computed
)

select
    assessment_year,
    index_code,
    'share' as item,
    table_no,
    universe,
    category,
    subject,
    body_code,
    {{ printed_number('printed_value', 'decimals') }} as printed,
    cast(cast(computed_value as decimal(18, 4)) as string) as recomputed,
    cast(printed_value - computed_value as decimal(18, 6)) as difference,
    case rule
        when 'rounded_share' then 'match'
        when 'share_cut_not_rounded' then 'rounding'
        when 'no_counts_beside_it' then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from judged

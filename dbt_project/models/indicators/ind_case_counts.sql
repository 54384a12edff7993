-- One row a body and level. Sums run over the statements of the cell; a sum is left open when
-- one of its statements gives a share only, so that a part never passes for the whole.
with printed as (
    select * from {{ ref('stg_report_values') }}
    where
        table_kind = 'case_counts'
        and row_kind = 'data'
        and body_code is not null
),

statements as (
    select * from printed
    where level in ('3', '4')
),

no_figure as (
    select table_no, body_code
    from printed
    where measure = 'online_cases_total' and value_status = 'no_figure'
),

by_level as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        table_no,
        body_code,
        body_name,
        level,
        file_sha256,
        min(line_no) as line_no,
        sum(case when measure = 'services_any_cases' then value end) as services_any_cases,
        sum(case when measure = 'services_online_cases' then value end) as services_online_cases,
        sum(case when measure = 'services_no_cases' then value end) as services_no_cases,
        sum(case when measure = 'online_cases' then value end) as online_cases,
        sum(case when measure = 'all_cases' then value end) as all_cases,
        max(case when measure = 'online_share_pct' then value end) as online_share_pct,
        count(case when measure = 'online_share_pct' then 1 end) as share_statements,
        count(case when value_status = 'share_only' then 1 end) as share_only_statements,
        count(case when measure = 'online_cases' and value is not null then 1 end)
            as counted_statements,
        count(case when measure = 'all_cases' and value is not null then 1 end) as all_statements,
        count(case when value_status = 'approximate' then 1 end) as approximate_statements,
        count(case when value_status = 'none_arisen' then 1 end) as none_arisen_statements,
        count(distinct case when value_status <> 'not_stated' then part_no end) as parts
    from statements
    group by
        assessment_year, index_code, regime, block, universe, table_no, body_code, body_name,
        level, file_sha256
)

select
    by_level.assessment_year,
    by_level.index_code,
    by_level.regime,
    by_level.block,
    by_level.universe,
    by_level.table_no,
    by_level.body_code,
    by_level.body_name,
    by_level.level,
    cast(by_level.services_any_cases as bigint) as services_any_cases,
    cast(by_level.services_online_cases as bigint) as services_online_cases,
    cast(by_level.services_no_cases as bigint) as services_no_cases,
    cast(
        case when by_level.share_only_statements = 0 then by_level.online_cases end as bigint
    ) as online_cases,
    cast(
        case
            when by_level.all_statements >= by_level.counted_statements then by_level.all_cases
        end as bigint
    ) as all_cases,
    cast(
        case
            when by_level.share_statements = 1 and by_level.parts = 1
                then by_level.online_share_pct
        end as decimal(18, 6)
    ) as online_share_pct,
    case
        when by_level.share_only_statements > 0 and by_level.counted_statements > 0 then 'by_part'
        when by_level.share_only_statements > 0 then 'share_only'
        when by_level.approximate_statements > 0 then 'approximate'
        when by_level.counted_statements > 0 then 'reported'
        when by_level.none_arisen_statements > 0 then 'none_arisen'
        when no_figure.body_code is not null then 'no_figure'
        else 'not_stated'
    end as status,
    cast(by_level.parts as integer) as parts,
    by_level.line_no,
    by_level.file_sha256
from by_level
left join no_figure
    on
        by_level.table_no = no_figure.table_no
        and by_level.body_code = no_figure.body_code

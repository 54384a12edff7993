-- One row a body and level. Sums run over the statements of the cell; a sum is left open when
-- one of its statements gives a share only or could not be read, so that a part never passes
-- for the whole.
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
),

-- A cell that is in quarantine belongs to the row that it stands in: from the row's first line
-- to the first line of the next row.
row_spans as (
    select
        table_no,
        row_no,
        min(line_no) as first_line,
        lead(min(line_no)) over (
            partition by table_no order by min(line_no) asc nulls last
        ) as next_line
    from {{ ref('stg_report_values') }}
    where table_kind = 'case_counts'
    group by table_no, row_no
),

unread as (
    select distinct
        quarantined.table_no,
        row_spans.row_no,
        right(quarantined.column_name, 1) as level
    from {{ ref('stg_quarantine') }} as quarantined
    inner join row_spans
        on
            quarantined.table_no = row_spans.table_no
            and quarantined.line_no >= row_spans.first_line
            and (row_spans.next_line is null or quarantined.line_no < row_spans.next_line)
    where quarantined.column_name in ('cases_level3', 'cases_level4')
),

levels as (
    select '3' as level
    union all
    select '4' as level
),

bodies as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        table_no,
        row_no,
        body_code,
        body_name,
        file_sha256,
        min(line_no) as line_no
    from printed
    group by
        assessment_year, index_code, regime, block, universe, table_no, row_no, body_code,
        body_name, file_sha256
)

select
    bodies.assessment_year,
    bodies.index_code,
    bodies.regime,
    bodies.block,
    bodies.universe,
    bodies.table_no,
    bodies.body_code,
    bodies.body_name,
    levels.level,
    cast(
        case when unread.level is null then by_level.services_any_cases end as bigint
    ) as services_any_cases,
    cast(
        case when unread.level is null then by_level.services_online_cases end as bigint
    ) as services_online_cases,
    cast(
        case when unread.level is null then by_level.services_no_cases end as bigint
    ) as services_no_cases,
    cast(
        case
            when unread.level is null and by_level.share_only_statements = 0
                then by_level.online_cases
        end as bigint
    ) as online_cases,
    cast(
        case
            when
                unread.level is null
                and by_level.all_statements >= by_level.counted_statements
                then by_level.all_cases
        end as bigint
    ) as all_cases,
    cast(
        case
            when
                unread.level is null
                and by_level.share_statements = 1
                and by_level.parts = 1
                then by_level.online_share_pct
        end as decimal(18, 6)
    ) as online_share_pct,
    case
        when unread.level is not null then 'unreadable'
        when by_level.share_only_statements > 0 and by_level.counted_statements > 0 then 'by_part'
        when by_level.share_only_statements > 0 then 'share_only'
        when by_level.approximate_statements > 0 then 'approximate'
        when by_level.counted_statements > 0 then 'reported'
        when by_level.none_arisen_statements > 0 then 'none_arisen'
        when no_figure.body_code is not null then 'no_figure'
        else 'not_stated'
    end as status,
    cast(coalesce(by_level.parts, 0) as integer) as parts,
    coalesce(by_level.line_no, bodies.line_no) as line_no,
    bodies.file_sha256
from bodies
cross join levels
left join by_level
    on
        bodies.table_no = by_level.table_no
        and bodies.body_code = by_level.body_code
        and levels.level = by_level.level
left join unread
    on
        bodies.table_no = unread.table_no
        and bodies.row_no = unread.row_no
        and levels.level = unread.level
left join no_figure
    on
        bodies.table_no = no_figure.table_no
        and bodies.body_code = no_figure.body_code
where by_level.level is not null or unread.level is not null

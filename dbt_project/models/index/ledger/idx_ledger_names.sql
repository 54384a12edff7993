-- Printed names that are not registered spellings, and the set of bodies of each table.
with matches as (
    select * from {{ ref('stg_name_matches') }}
    where match_rule not in ('exact', 'alias')
),

first_lines as (
    select
        assessment_year,
        index_code,
        coalesce(table_no, 'none') as table_no,
        universe,
        body_printed,
        coalesce(body_code, '-') as body_code,
        body_name,
        match_rule,
        file_sha256,
        min(line_no) as line_no
    from matches
    group by
        assessment_year, index_code, coalesce(table_no, 'none'), universe, body_printed,
        coalesce(body_code, '-'), body_name, match_rule, file_sha256
),

names as (
    select
        assessment_year,
        index_code,
        'body_name' as item,
        table_no,
        universe,
        'none' as category,
        body_printed as subject,
        body_code,
        body_printed as printed,
        body_name as recomputed,
        cast(null as decimal(18, 6)) as difference,
        case
            when match_rule in ('mark_stripped', 'assignment') then 'ocr'
            when match_rule in ('prefix', 'tone_placement', 'review') then 'match'
            else 'unexplained'
        end as class,
        'name_' || match_rule as rule,
        line_no,
        file_sha256
    from first_lines
),

report_tables as (
    select * from {{ ref('stg_report_tables') }}
    where expected_bodies is not null
),

listed as (
    select distinct table_no, body_code
    from {{ ref('stg_report_values') }}
    where row_kind = 'data' and body_code is not null
),

with_services as (
    select block, body_code from {{ ref('ind_service_counts') }}
    where total > 0
),

-- A table expected to list fewer bodies than the universe holds lists those with services.
expected as (
    select
        report_tables.table_no,
        members.body_code,
        members.body_name
    from report_tables
    inner join {{ ref('stg_universes') }} as universes
        on
            report_tables.index_code = universes.index_code
            and report_tables.universe = universes.universe
    inner join {{ ref('stg_members') }} as members
        on
            report_tables.index_code = members.index_code
            and report_tables.universe = members.universe
    left join with_services
        on
            report_tables.block = with_services.block
            and members.body_code = with_services.body_code
    where
        report_tables.expected_bodies = universes.bodies_expected
        or with_services.body_code is not null
),

compared as (
    select
        coalesce(expected.table_no, listed.table_no) as table_no,
        coalesce(expected.body_code, listed.body_code) as body_code,
        expected.body_name,
        expected.body_code is not null as is_expected,
        listed.body_code is not null as is_listed
    from expected
    full outer join listed
        on
            expected.table_no = listed.table_no
            and expected.body_code = listed.body_code
),

sets as (
    select
        table_no,
        count(case when is_expected then 1 end) as expected_rows,
        count(case when is_listed then 1 end) as listed_rows,
        count(case when is_expected <> is_listed then 1 end) as differing_rows
    from compared
    group by table_no
),

set_rows as (
    select
        report_tables.assessment_year,
        report_tables.index_code,
        'body_set' as item,
        report_tables.table_no,
        report_tables.universe,
        coalesce(report_tables.category, 'none') as category,
        'bodies listed' as subject,
        '-' as body_code,
        {{ whole_text('sets.listed_rows') }} as printed,
        {{ whole_text('sets.expected_rows') }} as recomputed,
        cast(sets.listed_rows - sets.expected_rows as decimal(18, 6)) as difference,
        case when sets.differing_rows = 0 then 'match' else 'unexplained' end as class,
        case when sets.differing_rows = 0 then 'set_as_assessed' else 'set_differs' end as rule,
        report_tables.line_no,
        report_tables.file_sha256
    from report_tables
    inner join sets on report_tables.table_no = sets.table_no
),

body_rows as (
    select
        report_tables.assessment_year,
        report_tables.index_code,
        'body_set' as item,
        report_tables.table_no,
        report_tables.universe,
        coalesce(report_tables.category, 'none') as category,
        case when compared.is_expected then 'missing body' else 'extra body' end as subject,
        compared.body_code,
        case when compared.is_listed then compared.body_code end as printed,
        case when compared.is_expected then compared.body_name end as recomputed,
        cast(null as decimal(18, 6)) as difference,
        'unexplained' as class,
        case when compared.is_expected then 'body_missing' else 'body_extra' end as rule,
        report_tables.line_no,
        report_tables.file_sha256
    from compared
    inner join report_tables on compared.table_no = report_tables.table_no
    where compared.is_expected <> compared.is_listed
),

found as (
    select * from names
    union all
    select * from set_rows
    union all
    select * from body_rows
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
    printed,
    recomputed,
    difference,
    class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from found

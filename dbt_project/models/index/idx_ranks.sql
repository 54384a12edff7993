-- Every ranked list under its own policy: competition ranks ("1, 1, 3"), ties separated only
-- where the table does so, bodies without figures on the last rank.
with report_tables as (
    select * from {{ ref('stg_report_tables') }}
    where rank_policy is not null
),

index_rows as (
    select
        published.value_key,
        published.table_no as list_no,
        published.assessment_year,
        published.index_code,
        published.regime,
        published.block,
        published.universe,
        published.category,
        published.table_no,
        published.body_code,
        published.body_name,
        published.published_value as rank_key,
        cast(null as decimal(18, 6)) as tie_key,
        published.published_value is null as is_missing,
        published.published_rank,
        published.rank_status,
        published.trust,
        published.line_no,
        published.file_sha256
    from {{ ref('idx_published_values') }} as published
    where published.table_no is not null
),

service_rows as (
    select
        cast(services.assessment_year as string) || ':' || services.table_no || '/'
        || services.body_code as value_key,
        services.table_no as list_no,
        services.assessment_year,
        services.index_code,
        services.regime,
        services.block,
        services.universe,
        'online_services' as category,
        services.table_no,
        services.body_code,
        services.body_name,
        cast(services.total as decimal(18, 6)) as rank_key,
        cast(
            case when report_tables.tie_break = 'services_level4' then services.level4 end
            as decimal(18, 6)
        ) as tie_key,
        coalesce(services.total, 0) = 0 as is_missing,
        services.published_rank,
        services.rank_status,
        'official_full' as trust,
        services.line_no,
        services.file_sha256
    from {{ ref('ind_service_counts') }} as services
    inner join report_tables on services.table_no = report_tables.table_no
),

case_rows as (
    select
        cast(cases.assessment_year as string) || ':' || cases.table_no || '/'
        || cases.body_code as value_key,
        cases.table_no as list_no,
        cases.assessment_year,
        cases.index_code,
        cases.regime,
        cases.block,
        cases.universe,
        'online_cases' as category,
        cases.table_no,
        cases.body_code,
        cases.body_name,
        cast(cases.online_cases as decimal(18, 6)) as rank_key,
        cast(
            case
                when
                    cases.online_cases is null
                    and report_tables.tie_break = 'services_online_cases'
                    then cases.services_online_cases
            end as decimal(18, 6)
        ) as tie_key,
        cases.online_cases is null and cases.services_online_cases is null as is_missing,
        cases.published_rank,
        cases.rank_status,
        'official_full' as trust,
        cases.line_no,
        cases.file_sha256
    from {{ ref('ind_case_totals') }} as cases
    inner join report_tables on cases.table_no = report_tables.table_no
),

history_rows as (
    select
        value_key,
        file_sha256 || ':' || trust as list_no,
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        category,
        table_no,
        body_code,
        body_name,
        published_value as rank_key,
        cast(null as decimal(18, 6)) as tie_key,
        published_value is null as is_missing,
        published_rank,
        rank_status,
        trust,
        line_no,
        file_sha256
    from {{ ref('idx_published_values') }}
    where table_no is null
),

listed as (
    select * from index_rows
    union all
    select * from service_rows
    union all
    select * from case_rows
    union all
    select * from history_rows
),

sized as (
    select
        list_no,
        universe,
        category,
        index_code,
        count(*) as list_rows,
        count(rank_key) as rows_with_value,
        max(case when rank_key is not null then published_rank end) as worst_valued_rank
    from listed
    group by list_no, universe, category, index_code
),

universes as (
    select * from {{ ref('stg_universes') }}
),

ranked as (
    select
        listed.*,
        sized.list_rows,
        sized.rows_with_value,
        sized.worst_valued_rank,
        universes.bodies_expected,
        rank() over (
            partition by listed.index_code, listed.universe, listed.category, listed.list_no
            order by
                listed.is_missing asc nulls last,
                listed.rank_key desc nulls last,
                listed.tie_key desc nulls last
        ) as position
    from listed
    inner join sized
        on
            listed.list_no = sized.list_no
            and listed.universe = sized.universe
            and listed.category = sized.category
            and listed.index_code = sized.index_code
    left join universes
        on
            listed.index_code = universes.index_code
            and listed.universe = universes.universe
),

based as (
    select
        *,
        case
            when table_no is not null then 'full'
            when rank_key is null then 'none'
            when rows_with_value = bodies_expected then 'full'
            when rows_with_value = worst_valued_rank then 'leading_rows'
            else 'order_only'
        end as rank_basis
    from ranked
)

select
    value_key,
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    category,
    table_no,
    body_code,
    body_name,
    rank_key,
    tie_key,
    is_missing,
    cast(
        case
            when rank_basis not in ('full', 'leading_rows') then null
            when is_missing then list_rows
            else position
        end as integer
    ) as recomputed_rank,
    rank_basis,
    published_rank,
    rank_status,
    trust,
    line_no,
    file_sha256
from based

-- Where the full report is held it is the source of a category; other copies of the same
-- figures are held against it in the ledger and do not appear here.
with report_rows as (
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
        measure,
        value,
        value_status,
        decimals,
        raw_text,
        line_no,
        file_sha256,
        row_no,
        body_no
    from {{ ref('stg_report_values') }}
    where table_kind = 'index' and row_kind = 'data' and body_code is not null
),

files as (
    select file_sha256, source_ref from {{ ref('stg_files') }}
),

report_values as (
    select
        indexes.value_key,
        indexes.assessment_year,
        indexes.index_code,
        indexes.regime,
        indexes.block,
        indexes.universe,
        indexes.category,
        indexes.table_no,
        indexes.body_code,
        indexes.body_name,
        cast(ranks.value as integer) as published_rank,
        case when ranks.value is null then 'not_printed' else 'printed' end as rank_status,
        indexes.value as published_value,
        indexes.value_status,
        indexes.decimals,
        cast(1 as decimal(18, 6)) as scale_max,
        'official_full' as trust,
        files.source_ref,
        indexes.line_no,
        indexes.file_sha256,
        indexes.raw_text
    from report_rows as indexes
    left join report_rows as ranks
        on
            indexes.table_no = ranks.table_no
            and indexes.row_no = ranks.row_no
            and indexes.body_no = ranks.body_no
            and ranks.measure = 'rank'
    left join files on indexes.file_sha256 = files.file_sha256
    where indexes.measure = 'index_value'
),

reported_categories as (
    select distinct index_code, universe, category from report_values
),

history_values as (
    select
        history.value_key,
        history.assessment_year,
        history.index_code,
        history.regime,
        history.block,
        history.universe,
        history.category,
        cast(null as string) as table_no,
        history.body_code,
        history.body_name,
        history.published_rank,
        history.rank_status,
        history.published_value,
        history.value_status,
        history.decimals,
        history.scale_max,
        history.trust,
        history.source_ref,
        history.line_no,
        history.file_sha256,
        history.raw_text
    from {{ ref('stg_history_values') }} as history
    left join reported_categories
        on
            history.index_code = reported_categories.index_code
            and history.universe = reported_categories.universe
            and history.category = reported_categories.category
    where
        history.measure = 'index_value'
        and history.value_of = 'body'
        and history.body_code is not null
        and reported_categories.category is null
),

published as (
    select * from report_values
    union all
    select * from history_values
),

held as (
    select
        index_code,
        universe,
        category,
        cast(count(distinct body_code) as integer) as bodies_held
    from published
    group by index_code, universe, category
),

universes as (
    select * from {{ ref('stg_universes') }}
),

computed as (
    select distinct index_code, universe from {{ ref('idx_scores') }}
)

select
    published.value_key,
    published.assessment_year,
    published.index_code,
    published.regime,
    published.block,
    published.universe,
    published.category,
    published.table_no,
    published.body_code,
    published.body_name,
    published.published_rank,
    published.rank_status,
    published.published_value,
    published.value_status,
    published.decimals,
    published.scale_max,
    published.trust,
    coalesce(held.bodies_held < universes.bodies_expected, true) as is_partial,
    {{ coverage_text('held.bodies_held', 'universes.bodies_expected') }} as coverage,
    case when computed.universe is null then 'published_only' else 'computed' end as year_status,
    published.source_ref,
    published.line_no,
    published.file_sha256,
    published.raw_text
from published
inner join held
    on
        published.index_code = held.index_code
        and published.universe = held.universe
        and published.category = held.category
left join universes
    on
        published.index_code = universes.index_code
        and published.universe = universes.universe
left join computed
    on
        published.index_code = computed.index_code
        and published.universe = computed.universe

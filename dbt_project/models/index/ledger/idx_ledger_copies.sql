-- Figures published in several places: copies of the report's figures against the report,
-- two sources on one body against each other, block means against the bodies' values.
with history as (
    select * from {{ ref('stg_history_values') }}
),

report_index as (
    select
        index_code,
        universe,
        category,
        body_code,
        'index_value' as measure,
        published_rank,
        published_value
    from {{ ref('idx_published_values') }}
    where table_no is not null
),

services as (
    select * from {{ ref('ind_service_counts') }}
),

report_counts as (
    select
        index_code,
        universe,
        'online_services' as category,
        body_code,
        'services_total' as measure,
        published_rank,
        cast(total as decimal(18, 6)) as published_value
    from services
    union all
    select
        index_code, universe, 'online_services', body_code, 'services_level3',
        cast(null as integer), cast(level3 as decimal(18, 6))
    from services
    union all
    select
        index_code, universe, 'online_services', body_code, 'services_level4',
        cast(null as integer), cast(level4 as decimal(18, 6))
    from services
    union all
    select
        index_code, universe, 'online_services', body_code, 'online_cases_total',
        published_rank, cast(online_cases as decimal(18, 6))
    from {{ ref('ind_case_totals') }}
),

report_figures as (
    select * from report_index
    union all
    select * from report_counts
),

copies as (
    select
        history.assessment_year,
        history.index_code,
        'published_copy' as item,
        history.category as table_no,
        history.universe,
        history.category,
        history.measure as subject,
        history.body_code,
        {{ rank_and_value('history.published_rank', 'history.published_value') }} as printed,
        {{ rank_and_value('report_figures.published_rank', 'report_figures.published_value') }}
            as recomputed,
        cast(history.published_value - report_figures.published_value as decimal(18, 6))
            as difference,
        case
            when
                coalesce(history.published_value, -1)
                = coalesce(report_figures.published_value, -1)
                and coalesce(
                    history.published_rank, report_figures.published_rank, -1
                ) = coalesce(report_figures.published_rank, -1)
                then 'copy_agrees_with_report'
            else 'copy_differs_from_report'
        end as rule,
        history.line_no,
        history.file_sha256
    from history
    inner join report_figures
        on
            history.index_code = report_figures.index_code
            and history.universe = report_figures.universe
            and history.category = report_figures.category
            and history.body_code = report_figures.body_code
            and history.measure = report_figures.measure
),

published as (
    select * from {{ ref('idx_published_values') }}
    where table_no is null
),

-- Two figures conflict when both are given and differ by more than the coarser one's rounding,
-- or when two bodies are given one rank that values do not explain.
pairs as (
    select
        later.assessment_year,
        later.index_code,
        'two_sources' as item,
        later.category as table_no,
        later.universe,
        later.category,
        earlier.value_key as subject,
        later.body_code,
        {{ rank_and_value('later.published_rank', 'later.published_value') }} as printed,
        {{ rank_and_value('earlier.published_rank', 'earlier.published_value') }} as recomputed,
        cast(later.published_value - earlier.published_value as decimal(18, 6)) as difference,
        case
            when
                later.published_rank is not null
                and earlier.published_rank is not null
                and later.published_rank <> earlier.published_rank
                then 'sources_give_other_ranks'
            when
                later.published_value is not null
                and earlier.published_value is not null
                and abs(later.published_value - earlier.published_value) * 2 * least(
                    {{ power_of_ten('later.decimals') }}, {{ power_of_ten('earlier.decimals') }}
                ) > 1
                then 'sources_give_other_values'
            else 'sources_agree'
        end as rule,
        later.line_no,
        later.file_sha256
    from published as later
    inner join published as earlier
        on
            later.index_code = earlier.index_code
            and later.universe = earlier.universe
            and later.category = earlier.category
            and later.body_code = earlier.body_code
            and later.value_key > earlier.value_key
),

shared_ranks as (
    select
        later.assessment_year,
        later.index_code,
        'two_sources' as item,
        later.category as table_no,
        later.universe,
        later.category,
        earlier.value_key as subject,
        later.body_code,
        {{ whole_text('later.published_rank') }} as printed,
        coalesce(earlier.body_name, '') || ': ' || {{ whole_text('earlier.published_rank') }}
            as recomputed,
        cast(null as decimal(18, 6)) as difference,
        'rank_given_to_two_bodies' as rule,
        later.line_no,
        later.file_sha256
    from published as later
    inner join published as earlier
        on
            later.index_code = earlier.index_code
            and later.universe = earlier.universe
            and later.category = earlier.category
            and later.published_rank = earlier.published_rank
            and later.body_code <> earlier.body_code
            and later.value_key > earlier.value_key
    where coalesce(later.published_value <> earlier.published_value, true)
),

means as (
    select
        assessment_year,
        index_code,
        'block_mean' as item,
        category as table_no,
        universe,
        category,
        value_key as subject,
        '-' as body_code,
        {{ printed_number('published_value', 'decimals') }} as printed,
        cast(computed_value as string) as recomputed,
        cast(published_value - computed_value as decimal(18, 6)) as difference,
        case
            when computed_value is null then 'not_all_bodies_held'
            when
                abs(published_value - computed_value) * 2 * {{ power_of_ten('decimals') }} <= 1
                then 'mean_of_bodies'
            when abs(published_value - computed_value) * {{ power_of_ten('decimals') }} < 1
                then 'mean_cut_not_rounded'
            else 'mean_differs'
        end as rule,
        line_no,
        file_sha256
    from {{ ref('idx_block_values') }}
),

found as (
    select * from copies
    union all
    select * from pairs
    union all
    select * from shared_ranks
    union all
    select * from means
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
    case
        when rule in ('copy_agrees_with_report', 'sources_agree', 'mean_of_bodies') then 'match'
        when rule = 'mean_cut_not_rounded' then 'rounding'
        when rule = 'not_all_bodies_held' then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from found

-- Computed index values and ranks against the published ones. A body whose figures are not all
-- there, and a method that had to be reconstructed, can differ without anybody being wrong.
with computed as (
    select * from {{ ref('idx_scores') }}
    where ranking is not null
),

published as (
    select
        published.*,
        count(*) over (
            partition by index_code, universe, category, published_value, source_ref
        ) as printed_ties
    from {{ ref('idx_published_values') }} as published
),

pairs as (
    select
        published.assessment_year,
        published.index_code,
        coalesce(published.table_no, published.category) as table_no,
        published.universe,
        published.category,
        published.value_key,
        published.body_code,
        published.published_value,
        published.published_rank,
        published.printed_ties,
        published.scale_max,
        published.decimals,
        published.line_no,
        published.file_sha256,
        computed.index_value,
        computed.rank,
        computed.score_status,
        computed.is_reconstructed,
        cast(
            {{ rounded_to(
                'cast(computed.index_value as decimal(19, 12)) * published.scale_max',
                'published.decimals'
            ) }}
            as decimal(18, 6)
        ) as printed_index
    from published
    inner join computed
        on
            published.index_code = computed.index_code
            and published.universe = computed.universe
            and published.body_code = computed.body_code
            and published.category = computed.criterion
),

values_judged as (
    select
        assessment_year,
        index_code,
        'computed_index' as item,
        table_no,
        universe,
        category,
        value_key as subject,
        body_code,
        {{ printed_number('published_value', 'decimals') }} as printed,
        cast(index_value as string) as recomputed,
        cast(published_value - printed_index as decimal(18, 6)) as difference,
        case
            when published_value = printed_index then 'equal_at_printed_precision'
            when index_value is null then 'not_computed_' || score_status
            when is_reconstructed then 'method_is_reconstructed'
            else 'computed_differs'
        end as rule,
        line_no,
        file_sha256
    from pairs
    where published_value is not null
),

ranks_judged as (
    select
        assessment_year,
        index_code,
        'computed_rank' as item,
        table_no,
        universe,
        category,
        value_key as subject,
        body_code,
        {{ whole_text('published_rank') }} as printed,
        {{ whole_text('rank') }} as recomputed,
        cast(published_rank - rank as decimal(18, 6)) as difference,
        case
            when published_rank = rank then 'equal_rank'
            when rank is null then 'not_computed_' || score_status
            when
                published_value = printed_index
                and printed_ties > 1
                and abs(published_rank - rank) < printed_ties
                then 'tie_at_printed_precision'
            when is_reconstructed then 'method_is_reconstructed'
            else 'computed_differs'
        end as rule,
        line_no,
        file_sha256
    from pairs
    where published_rank is not null
),

-- Rankings by counts: the printed rank of a table of counts against the rank of the figures that
-- bodies report. What the print itself does not settle is explained as in idx_ledger_ranks.
counts_judged as (
    select
        lists.assessment_year,
        lists.index_code,
        'computed_rank' as item,
        lists.table_no,
        lists.universe,
        lists.category,
        lists.value_key as subject,
        lists.body_code,
        {{ whole_text('lists.published_rank') }} as printed,
        {{ whole_text('computed.rank') }} as recomputed,
        cast(lists.published_rank - computed.rank as decimal(18, 6)) as difference,
        case
            when lists.published_rank = computed.rank then 'equal_rank'
            when lists.rank_key is null then 'no_figure_printed'
            when computed.quantity is null then 'not_computed_' || computed.score_status
            when computed.rank = lists.recomputed_rank then 'order_within_equal_counts'
            else 'computed_differs'
        end as rule,
        lists.line_no,
        lists.file_sha256
    from {{ ref('idx_ranks') }} as lists
    inner join computed
        on
            lists.index_code = computed.index_code
            and lists.universe = computed.universe
            and lists.body_code = computed.body_code
            and {{ counted_criterion('lists.category') }} = computed.criterion
    where lists.table_no is not null and lists.published_rank is not null
),

found as (
    select * from counts_judged
    union all
    select * from values_judged
    union all
    select * from ranks_judged
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
        when rule in ('equal_at_printed_precision', 'equal_rank') then 'match'
        when rule = 'tie_at_printed_precision' then 'rounding'
        when rule = 'order_within_equal_counts' then 'tie_rule'
        when rule = 'computed_differs' then 'unexplained'
        else 'not_recomputable'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from found

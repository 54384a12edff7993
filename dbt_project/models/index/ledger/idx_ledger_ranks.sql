-- Printed ranks against recomputed ones. Ranks were given on unrounded values: where printed
-- values tie, a printed rank inside the span of the tie is explained by rounding; where exact
-- counts tie, by the order the table chose inside the tie. Somebody in a tie holds its first place.
with ranks as (
    select
        *,
        count(*) over (
            partition by
                index_code, universe, category, table_no, file_sha256, trust,
                is_missing, rank_key, tie_key
        ) as tie_rows,
        min(published_rank) over (
            partition by
                index_code, universe, category, table_no, file_sha256, trust,
                is_missing, rank_key, tie_key
        ) as best_of_tie,
        min(rank_key) over (
            partition by index_code, universe, category, file_sha256, trust
            order by published_rank asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as lowest_value_above
    from {{ ref('idx_ranks') }}
),

judged as (
    select
        *,
        case
            when rank_basis = 'none' then 'no_value_to_rank'
            when rank_basis = 'order_only' and coalesce(rank_key <= lowest_value_above, true)
                then 'order_agrees_with_values'
            when rank_basis = 'order_only' then 'order_against_values'
            when published_rank = recomputed_rank and is_missing then 'last_rank_for_no_figure'
            when published_rank = recomputed_rank then 'competition_rank'
            when is_missing then 'not_the_last_rank'
            when best_of_tie <> recomputed_rank then 'rank_not_by_value'
            when
                published_rank between recomputed_rank and recomputed_rank + tie_rows - 1
                and category in ('online_services', 'online_cases')
                and table_no is not null
                then 'order_within_equal_counts'
            when published_rank between recomputed_rank and recomputed_rank + tie_rows - 1
                then 'tie_at_printed_precision'
            else 'rank_not_by_value'
        end as rule
    from ranks
    where published_rank is not null
)

select
    assessment_year,
    index_code,
    'rank' as item,
    coalesce(table_no, category) as table_no,
    universe,
    category,
    value_key as subject,
    body_code,
    {{ whole_text('published_rank') }} as printed,
    {{ whole_text('recomputed_rank') }} as recomputed,
    cast(published_rank - recomputed_rank as decimal(18, 6)) as difference,
    case
        when rule in ('competition_rank', 'last_rank_for_no_figure', 'order_agrees_with_values')
            then 'match'
        when rule = 'tie_at_printed_precision' then 'rounding'
        when rule = 'order_within_equal_counts' then 'tie_rule'
        when rule = 'no_value_to_rank' then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    cast(null as string) as note,
    line_no,
    file_sha256
from judged

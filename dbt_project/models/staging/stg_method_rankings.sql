-- Ranking policies, the figures that separate ties side by side.
with tie_breaks as (
    select
        regime,
        block,
        ranking,
        max(case when position = 1 then input_code end) as first_tie_break,
        max(case when position = 2 then input_code end) as second_tie_break,
        max(case when position = 3 then input_code end) as third_tie_break
    from {{ source('raw', 'raw_method_tie_breaks') }}
    group by regime, block, ranking
)

select
    rankings.regime,
    rankings.block,
    rankings.ranking,
    rankings.rank_on,
    rankings.rank_missing,
    tie_breaks.first_tie_break,
    tie_breaks.second_tie_break,
    tie_breaks.third_tie_break
from {{ source('raw', 'raw_method_rankings') }} as rankings
left join tie_breaks
    on
        rankings.regime = tie_breaks.regime
        and rankings.block = tie_breaks.block
        and rankings.ranking = tie_breaks.ranking

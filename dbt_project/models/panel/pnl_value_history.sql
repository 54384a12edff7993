-- One row a year for each body: the most trusted source, then the first line.
with published as (
    select
        *,
        row_number() over (
            partition by assessment_year, index_code, universe, category, body_code
            order by
                {{ trust_order('trust') }} asc nulls last,
                case when published_rank is null then 1 else 0 end asc nulls last,
                case when published_value is null then 1 else 0 end asc nulls last,
                value_key asc nulls last
        ) as preference
    from {{ ref('idx_published_values') }}
)

select
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    category,
    body_code,
    body_name,
    published_rank,
    rank_status,
    published_value,
    value_status,
    trust,
    is_partial,
    coverage,
    year_status,
    value_key
from published
where preference = 1

select
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    category,
    bodies_held,
    bodies_expected,
    coverage,
    is_partial,
    trust,
    year_status
from {{ ref('idx_coverage') }}

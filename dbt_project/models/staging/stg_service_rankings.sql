-- Policies by which bodies are ranked from the catalogue and the cases.
select
    ranking,
    block,
    rank_measure,
    tie_break,
    rank_missing,
    listed
from {{ source('raw', 'raw_service_rankings') }}

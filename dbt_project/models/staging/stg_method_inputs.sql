-- Figures that the methods ask for.
select
    index_code,
    regime,
    block,
    input_code,
    position,
    input_kind,
    unit,
    input_vi,
    input_en,
    min_value,
    max_value
from {{ source('raw', 'raw_method_inputs') }}

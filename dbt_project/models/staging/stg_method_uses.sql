-- Figures used by the criteria, with the kind and bounds of each.
select
    uses.regime,
    uses.block,
    uses.criterion,
    uses.role,
    uses.input_code,
    inputs.input_kind,
    inputs.min_value,
    inputs.max_value
from {{ source('raw', 'raw_method_uses') }} as uses
inner join {{ source('raw', 'raw_method_inputs') }} as inputs
    on
        uses.regime = inputs.regime
        and uses.block = inputs.block
        and uses.input_code = inputs.input_code

-- Criteria of the methods in force.
select
    index_code,
    regime,
    block,
    criterion,
    parent_criterion,
    node_path,
    depth,
    position,
    criterion_vi,
    criterion_en,
    formula_kind,
    max_points,
    weight,
    out_of,
    target,
    points_per_item,
    is_itemised,
    basis,
    maximum_basis,
    ranking
from {{ source('raw', 'raw_method_nodes') }}

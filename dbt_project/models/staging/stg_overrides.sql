-- The last reviewed decision on each figure.
with numbered as (
    select
        *,
        row_number() over (
            partition by index_code, body_code, input_code
            order by known_at desc nulls last, file_sha256 asc nulls last, line_no desc nulls last
        ) as place
    from {{ source('raw', 'raw_overrides') }}
)

select
    file_sha256,
    line_no,
    index_code,
    body_code,
    input_code,
    figure,
    observation_state,
    value,
    class_code,
    decision_reason,
    author,
    known_at,
    is_synthetic
from numbered
where place = 1

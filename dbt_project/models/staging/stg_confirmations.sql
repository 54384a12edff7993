-- The last answer of each body on each of its figures.
with numbered as (
    select
        *,
        row_number() over (
            partition by index_code, body_code, input_code
            order by known_at desc nulls last, file_sha256 asc nulls last, line_no desc nulls last
        ) as place
    from {{ source('raw', 'raw_confirmations') }}
)

select
    file_sha256,
    line_no,
    index_code,
    body_code,
    input_code,
    figure,
    answer,
    decision_reason,
    author,
    known_at,
    is_synthetic
from numbered
where place = 1

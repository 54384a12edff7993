-- Figures of the form in force of each body: the last version that was accepted.
select
    value_key,
    file_sha256,
    index_code,
    regime,
    block,
    body_code,
    input_code,
    value,
    class_code,
    observation_state,
    raw_text,
    sheet_name,
    cell_ref,
    evidence_text,
    body_comment,
    known_at,
    is_synthetic
from {{ source('raw', 'raw_submission_values') }}
where is_current

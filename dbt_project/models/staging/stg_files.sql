select
    file_sha256,
    file_name,
    kind,
    assessment_year,
    source_ref,
    is_synthetic
from {{ source('raw', 'raw_intake_files') }}

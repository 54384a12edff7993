-- Figures of the form in force that could not be read; open until a new version reads.
select
    quarantine.file_sha256,
    quarantine.body_code,
    quarantine.input_code,
    min(quarantine.sheet_name) as sheet_name,
    min(quarantine.cell_ref) as cell_ref,
    coalesce(min(quarantine.raw_value), '') as raw_text,
    min(files.known_at) as known_at,
    coalesce(bool_or(files.is_synthetic), false) as is_synthetic
from {{ source('raw', 'raw_submission_quarantine') }} as quarantine
inner join {{ source('raw', 'raw_submission_files') }} as files
    on quarantine.file_sha256 = files.file_sha256
where quarantine.is_current and quarantine.input_code is not null
group by quarantine.file_sha256, quarantine.body_code, quarantine.input_code

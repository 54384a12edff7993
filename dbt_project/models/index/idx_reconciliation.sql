-- The ledger. A reviewed correction speaks only where a check found no explanation of its own,
-- and only for the very value it was reviewed for: if the source changes, it no longer applies.
with found as (
    select * from {{ ref('idx_ledger_ranks') }}
    union all
    select * from {{ ref('idx_ledger_sums') }}
    union all
    select * from {{ ref('idx_ledger_shares') }}
    union all
    select * from {{ ref('idx_ledger_cross_tables') }}
    union all
    select * from {{ ref('idx_ledger_names') }}
    union all
    select * from {{ ref('idx_ledger_websites') }}
    union all
    select * from {{ ref('idx_ledger_copies') }}
    union all
    select * from {{ ref('idx_ledger_scores') }}
    union all
    select * from {{ ref('idx_ledger_parts') }}
    union all
    select * from {{ ref('idx_ledger_cases') }}
    union all
    select * from {{ ref('idx_ledger_quarantine') }}
),

corrections as (
    select * from {{ ref('stg_corrections') }}
)

select
    found.assessment_year,
    found.index_code,
    found.item,
    found.table_no,
    found.universe,
    found.category,
    found.subject,
    found.body_code,
    found.printed,
    found.recomputed,
    found.difference,
    coalesce(
        case when {{ may_be_corrected('found.class') }} then corrections.correction_class end,
        found.class
    ) as class,
    case
        when
            {{ may_be_corrected('found.class') }} and corrections.correction_class is not null
            then 'reviewed_correction: ' || found.rule
        else found.rule
    end as rule,
    coalesce(
        case when {{ may_be_corrected('found.class') }} then corrections.reason_en end, found.note
    ) as note,
    found.line_no,
    found.file_sha256
from found
left join corrections
    on
        found.item = corrections.item
        and found.table_no = corrections.table_no
        and found.subject = corrections.subject
        and found.body_code = corrections.body_code
        and coalesce(found.printed, '') = corrections.printed

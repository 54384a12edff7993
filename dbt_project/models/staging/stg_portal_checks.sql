-- Answers of checks with the decisions of people: the last decision on an answer speaks for every
-- round of the window in which the program gave this very answer.
with numbered as (
    select
        *,
        row_number() over (
            partition by window_code, target_id, check_id, found_answer
            order by known_at desc nulls last, file_sha256 desc nulls last, line_no desc nulls last
        ) as place
    from {{ source('raw', 'raw_check_decisions') }}
),

decisions as (
    select * from numbered
    where place = 1
)

select
    checks.window_code,
    checks.round_no,
    checks.target_id,
    checks.assessment_year,
    checks.body_code,
    checks.check_id,
    checks.check_answer as found_answer,
    coalesce(decisions.check_answer, checks.check_answer) as check_answer,
    checks.evidence_url,
    checks.deciding_words,
    checks.rule_id,
    checks.confidence,
    checks.needs_review and decisions.check_answer is null as needs_review,
    decisions.decision_reason,
    decisions.author,
    decisions.evidence,
    checks.captured_at,
    checks.content_sha256,
    checks.record_id,
    greatest(checks.known_at, coalesce(decisions.known_at, checks.known_at)) as known_at,
    checks.is_synthetic or coalesce(decisions.is_synthetic, false) as is_synthetic,
    checks.file_sha256,
    checks.line_no
from {{ source('raw', 'raw_portal_checks') }} as checks
left join decisions
    on
        checks.window_code = decisions.window_code
        and checks.target_id = decisions.target_id
        and checks.check_id = decisions.check_id
        and checks.check_answer = decisions.found_answer

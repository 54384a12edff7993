-- What a check says of a portal at the end of the year's crawl: its answer in the last round, of
-- all windows, in which it was observed. Not observed only if it never was.
with answers as (
    select
        checks.*,
        row_number() over (
            partition by checks.body_code, checks.check_id
            order by
                case when {{ is_observed('checks.check_answer') }} then 0 else 1 end asc nulls last,
                rounds.round_date desc nulls last,
                checks.window_code desc nulls last,
                checks.round_no desc nulls last
        ) as place
    from {{ ref('stg_portal_checks') }} as checks
    inner join {{ ref('stg_crawl_rounds') }} as rounds
        on checks.window_code = rounds.window_code and checks.round_no = rounds.round_no
),

every_round as (
    select
        body_code,
        check_id,
        cast(count(*) as integer) as rounds_held,
        cast(count(case when {{ is_observed('check_answer') }} then 1 end) as integer)
            as rounds_observed,
        count(distinct case when {{ is_observed('check_answer') }} then check_answer end) > 1
            as answer_changed,
        bool_or(is_synthetic) as is_synthetic
    from answers
    group by body_code, check_id
)

select
    answers.assessment_year,
    answers.body_code,
    bodies.body_name,
    answers.check_id,
    answers.check_answer,
    answers.found_answer,
    every_round.rounds_held,
    every_round.rounds_observed,
    every_round.answer_changed,
    answers.window_code,
    answers.round_no,
    answers.evidence_url,
    answers.deciding_words,
    answers.rule_id,
    answers.confidence,
    answers.needs_review,
    answers.decision_reason,
    answers.author,
    answers.evidence,
    answers.captured_at,
    answers.content_sha256,
    answers.record_id,
    answers.known_at,
    every_round.is_synthetic,
    answers.file_sha256,
    answers.line_no
from answers
inner join every_round
    on answers.body_code = every_round.body_code and answers.check_id = every_round.check_id
left join {{ ref('stg_bodies') }} as bodies on answers.body_code = bodies.body_code
where answers.place = 1

-- Figures that checks make. A figure is made only if every one of its checks was observed: one
-- that was not seen is neither met nor missing. Partly there is not met.
with checks as (
    select
        inputs.input_code,
        inputs.observed_as,
        answers.*,
        count(*) over (partition by answers.body_code, inputs.input_code) as checks_observed,
        row_number() over (
            partition by answers.body_code, inputs.input_code
            order by
                rounds.round_date desc nulls last,
                answers.window_code desc nulls last,
                answers.round_no desc nulls last,
                answers.check_id asc nulls last
        ) as place
    from {{ ref('stg_check_inputs') }} as inputs
    inner join {{ ref('ind_portal_checks') }} as answers on inputs.check_id = answers.check_id
    inner join {{ ref('stg_crawl_rounds') }} as rounds
        on answers.window_code = rounds.window_code and answers.round_no = rounds.round_no
    where {{ is_observed('answers.check_answer') }}
),

asked as (
    select
        input_code,
        count(*) as checks_asked
    from {{ ref('stg_check_inputs') }}
    group by input_code
),

figures as (
    select
        checks.assessment_year,
        checks.body_code,
        checks.input_code,
        checks.observed_as,
        count(*) as checks_asked,
        count(case when checks.check_answer = 'yes' then 1 end) as checks_met,
        {{ texts_in_order("checks.check_id || ' ' || checks.check_answer") }} as raw_text,
        max(checks.known_at) as known_at,
        bool_or(checks.is_synthetic) as is_synthetic
    from checks
    inner join asked
        on
            checks.input_code = asked.input_code
            and checks.checks_observed = asked.checks_asked
    group by
        checks.assessment_year, checks.body_code, checks.input_code, checks.observed_as
)

select
    figures.assessment_year,
    figures.body_code,
    figures.input_code,
    figures.observed_as,
    cast(
        case figures.observed_as
            when 'required' then figures.checks_asked
            else figures.checks_met
        end as decimal(18, 6)
    ) as value,
    figures.raw_text,
    last_checks.window_code,
    last_checks.round_no,
    figures.known_at,
    figures.is_synthetic,
    last_checks.file_sha256
from figures
inner join checks as last_checks
    on
        figures.body_code = last_checks.body_code
        and figures.input_code = last_checks.input_code
        and last_checks.place = 1

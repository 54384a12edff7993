-- Every figure that a method asks a member body for, as it stands: what the form in force says,
-- what checks made in its place, then reviewed decisions, then the body's answers. A decision or
-- answer speaks only for the very value it was made about; a decision that is later than a dispute
-- settles it.
with scored_blocks as (
    select index_code, regime, block from {{ ref('stg_submission_values') }}
    union distinct
    select
        inputs.index_code,
        inputs.regime,
        inputs.block
    from {{ ref('ind_check_figures') }} as figures
    inner join {{ ref('stg_members') }} as members on figures.body_code = members.body_code
    inner join {{ ref('stg_method_inputs') }} as inputs
        on
            members.index_code = inputs.index_code
            and members.block = inputs.block
            and figures.input_code = inputs.input_code
),

asked as (
    select
        members.assessment_year,
        members.index_code,
        inputs.regime,
        members.block,
        members.universe,
        members.body_code,
        members.body_name,
        inputs.input_code,
        inputs.input_kind,
        inputs.unit,
        inputs.min_value,
        inputs.max_value
    from {{ ref('stg_members') }} as members
    inner join scored_blocks
        on members.index_code = scored_blocks.index_code and members.block = scored_blocks.block
    inner join {{ ref('stg_method_inputs') }} as inputs
        on scored_blocks.regime = inputs.regime and scored_blocks.block = inputs.block
),

submitted as (
    select
        asked.*,
        reported.value,
        reported.class_code,
        coalesce(reported.observation_state, 'not_observed') as observation_state,
        coalesce(reported.raw_text, quarantined.raw_text) as raw_text,
        coalesce(reported.file_sha256, quarantined.file_sha256) as file_sha256,
        coalesce(reported.sheet_name, quarantined.sheet_name) as sheet_name,
        coalesce(reported.cell_ref, quarantined.cell_ref) as cell_ref,
        reported.evidence_text,
        reported.body_comment,
        quarantined.input_code is not null as is_quarantined,
        coalesce(reported.known_at, quarantined.known_at) as known_at,
        coalesce(reported.is_synthetic, quarantined.is_synthetic, false) as is_synthetic,
        {{ figure_text(
            'reported.value', 'reported.class_code', 'reported.observation_state'
        ) }} as figure
    from asked
    left join {{ ref('stg_submission_values') }} as reported
        on
            asked.index_code = reported.index_code
            and asked.body_code = reported.body_code
            and asked.input_code = reported.input_code
    left join {{ ref('stg_submission_quarantine') }} as quarantined
        on
            asked.body_code = quarantined.body_code
            and asked.input_code = quarantined.input_code
),

-- A figure that checks made stands in the place of the form's, which is kept beside it.
standing as (
    select
        submitted.assessment_year,
        submitted.index_code,
        submitted.regime,
        submitted.block,
        submitted.universe,
        submitted.body_code,
        submitted.body_name,
        submitted.input_code,
        submitted.input_kind,
        submitted.unit,
        submitted.min_value,
        submitted.max_value,
        submitted.evidence_text,
        submitted.body_comment,
        submitted.figure as reported_figure,
        seen.input_code is not null as is_observed,
        {{ whole_text('seen.value') }} as observed_figure,
        coalesce(seen.value, submitted.value) as standing_value,
        case when seen.input_code is null then submitted.class_code end as standing_class,
        case
            when seen.input_code is null then submitted.observation_state
            else 'observed'
        end as standing_state,
        coalesce(seen.raw_text, submitted.raw_text) as raw_text,
        coalesce(seen.file_sha256, submitted.file_sha256) as file_sha256,
        case when seen.input_code is null then submitted.sheet_name end as sheet_name,
        case
            when seen.input_code is null then submitted.cell_ref
            else 'window ' || seen.window_code || ', round ' || {{ whole_text('seen.round_no') }}
        end as cell_ref,
        submitted.is_quarantined and seen.input_code is null as is_quarantined,
        coalesce(seen.known_at, submitted.known_at) as standing_since,
        submitted.is_synthetic or coalesce(seen.is_synthetic, false) as standing_synthetic
    from submitted
    left join {{ ref('ind_check_figures') }} as seen
        on
            submitted.body_code = seen.body_code
            and submitted.input_code = seen.input_code
),

decisions as (
    select
        standing.*,
        overrides.input_code is not null as is_overridden,
        overrides.figure as decided_on_figure,
        overrides.known_at as decided_at,
        overrides.author as decided_by,
        overrides.decision_reason as decided_because,
        coalesce(overrides.is_synthetic, false) as decided_synthetic,
        coalesce(overrides.observation_state, standing.standing_state) as state,
        case
            when overrides.input_code is null then standing.standing_value
            else overrides.value
        end as value,
        case
            when overrides.input_code is null then standing.standing_class
            else overrides.class_code
        end as class_code
    from standing
    left join {{ ref('stg_overrides') }} as overrides
        on
            standing.index_code = overrides.index_code
            and standing.body_code = overrides.body_code
            and standing.input_code = overrides.input_code
            and coalesce(standing.observed_figure, standing.reported_figure)
            = coalesce(overrides.figure, '')
),

decided as (
    select *, {{ figure_text('value', 'class_code', 'state') }} as figure from decisions
),

answered as (
    select
        decided.*,
        answers.answer,
        answers.known_at as answered_at,
        answers.author as answered_by,
        answers.decision_reason as answered_because,
        coalesce(answers.is_synthetic, false) as answered_synthetic
    from decided
    left join {{ ref('stg_confirmations') }} as answers
        on
            decided.index_code = answers.index_code
            and decided.body_code = answers.body_code
            and decided.input_code = answers.input_code
            and decided.figure = coalesce(answers.figure, '')
            and (
                not decided.is_overridden
                or decided.decided_at < answers.known_at
                or (
                    decided.decided_at = answers.known_at
                    and coalesce(decided.decided_on_figure, '') <> coalesce(answers.figure, '')
                )
            )
),

settled as (
    select
        *,
        case
            when answer = 'disputed' then 'disputed'
            when answer = 'confirmed' and state in ('reported', 'observed') then 'confirmed'
            else state
        end as observation_state,
        case
            when answer = 'disputed' then 'confirmation'
            when is_overridden then 'override'
            when answer = 'confirmed' then 'confirmation'
            when is_observed then 'check'
            when file_sha256 is not null then 'submission'
            else 'none'
        end as origin
    from answered
)

select
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    body_code,
    body_name,
    input_code,
    input_kind,
    unit,
    value,
    class_code,
    nullif(figure, '') as figure,
    nullif(reported_figure, '') as reported_figure,
    observed_figure,
    observation_state,
    case
        when input_kind = 'class' then value is null
        when class_code is not null then false
        when value is null then true
        when input_kind = 'boolean' and value not in (0, 1) then false
        when input_kind = 'count' and value <> cast(cast(value as decimal(18, 0)) as decimal(18, 6))
            then false
        else value >= coalesce(min_value, value) and value <= coalesce(max_value, value)
    end as is_allowed,
    origin,
    (is_quarantined and not is_overridden) or observation_state = 'disputed' as is_open,
    raw_text,
    file_sha256,
    sheet_name,
    cell_ref,
    evidence_text,
    body_comment,
    case
        when origin = 'override' then decided_because
        when origin = 'confirmation' then answered_because
    end as decision_reason,
    case
        when origin = 'override' then decided_by
        when origin = 'confirmation' then answered_by
    end as author,
    case origin
        when 'override' then decided_at
        when 'confirmation' then answered_at
        else standing_since
    end as known_at,
    standing_synthetic or decided_synthetic or answered_synthetic as is_synthetic
from settled

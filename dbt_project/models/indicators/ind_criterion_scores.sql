-- Criteria that are scored from figures. Points to 15 decimals, index values to 12, as
-- docs/methods.md (Arithmetic) lays down; a criterion that cannot be scored has a status, no zero.
with observations as (
    select * from {{ ref('ind_observations') }}
),

-- One row a body and criterion, with the figures by role and what stands in their way.
figures as (
    select
        observations.assessment_year,
        observations.index_code,
        observations.regime,
        observations.block,
        observations.universe,
        observations.body_code,
        uses.criterion,
        max(case when uses.role in ('numerator', 'answer', 'count', 'measure') then value end)
            as numerator,
        max(case when uses.role = 'denominator' then value end) as denominator,
        max(case when uses.role = 'target' then value end) as target_figure,
        max(case when uses.role = 'measure' then class_code end) as class_code,
        cast(sum(case when uses.role = 'addend' then value end) as decimal(28, 6)) as addends,
        count(case when uses.role = 'denominator' then 1 end) as denominators,
        count(case when observation_state = 'not_applicable' then 1 end) as not_applicable,
        count(
            case
                when
                    observation_state = 'not_observed'
                    or (value is null and class_code is null)
                    then 1
            end
        ) as missing,
        count(case when observation_state = 'disputed' then 1 end) as disputed,
        count(case when observation_state <> 'disputed' and not is_allowed then 1 end)
            as not_allowed,
        count(
            case when value < 0 or (class_code is not null and uses.role <> 'measure') then 1 end
        ) as not_usable
    from observations
    inner join {{ ref('stg_method_uses') }} as uses
        on
            observations.regime = uses.regime
            and observations.block = uses.block
            and observations.input_code = uses.input_code
    group by
        observations.assessment_year,
        observations.index_code,
        observations.regime,
        observations.block,
        observations.universe,
        observations.body_code,
        uses.criterion
),

bodies as (
    select distinct assessment_year, index_code, regime, block, universe, body_code
    from observations
),

-- Every criterion without parts for every body, also those that use no figure.
asked as (
    select
        bodies.assessment_year,
        bodies.index_code,
        bodies.regime,
        bodies.block,
        bodies.universe,
        bodies.body_code,
        nodes.criterion,
        nodes.formula_kind,
        nodes.max_points,
        nodes.points_per_item,
        figures.numerator,
        figures.class_code,
        figures.addends,
        case
            when coalesce(figures.denominators, 0) > 0 then figures.denominator
            else nodes.out_of
        end as denominator,
        coalesce(figures.denominators, 0) > 0 as has_denominator,
        coalesce(figures.target_figure, nodes.target) as target_value,
        case
            when nodes.formula_kind = 'not_applicable' then 'not_applicable'
            when figures.not_applicable > 0 then 'not_applicable'
            when figures.missing > 0 then 'missing'
            when figures.not_allowed > 0 then 'out_of_range'
            when figures.disputed > 0 then 'disputed'
            when figures.not_usable > 0 then 'out_of_range'
            when
                nodes.formula_kind = 'boolean' and figures.numerator not in (0, 1)
                then 'out_of_range'
            when
                nodes.formula_kind in ('ratio', 'normalised_block_max', 'target_ratio')
                and coalesce(figures.denominators, 0) > 0
                and figures.denominator = 0
                then 'zero_denominator'
            when
                nodes.formula_kind = 'target_ratio'
                and coalesce(figures.target_figure, nodes.target, 0) = 0
                then 'zero_denominator'
        end as why_not
    from bodies
    inner join {{ ref('stg_method_nodes') }} as nodes
        on bodies.regime = nodes.regime and bodies.block = nodes.block
    left join figures
        on
            bodies.index_code = figures.index_code
            and bodies.universe = figures.universe
            and bodies.body_code = figures.body_code
            and nodes.criterion = figures.criterion
    where
        nodes.formula_kind not in ('sum', 'weighted_sum', 'best_of')
        and (nodes.formula_kind <> 'unscored' or figures.criterion is not null)
),

-- Rates in units of 10^-15.
rated as (
    select
        *,
        case
            when why_not is not null then null
            when formula_kind not in ('ratio', 'normalised_block_max', 'target_ratio') then null
            when coalesce(denominator, 0) = 0 then {{ scaled('numerator', 6) }} * 1000000000
            else
                {{ rate_of(scaled('numerator', 6), scaled('denominator', 6)) }}
        end as rate_units
    from asked
),

compared as (
    select
        *,
        {{ scaled('target_value', 6) }} * 1000000000 as target_units,
        max(case when formula_kind = 'normalised_block_max' then rate_units end) over (
            partition by index_code, universe, regime, criterion
        ) as best_units
    from rated
),

-- The step that a measure reaches: of its class, or the highest threshold not above it.
stepped as (
    select
        compared.index_code,
        compared.universe,
        compared.body_code,
        compared.criterion,
        max(case when steps.step_class = compared.class_code then steps.step_points end)
            as class_points,
        count(steps.at_least) as thresholds,
        max(case when steps.at_least <= compared.numerator then steps.at_least end) as reached
    from compared
    inner join {{ ref('stg_method_steps') }} as steps
        on
            compared.regime = steps.regime
            and compared.block = steps.block
            and compared.criterion = steps.criterion
    group by compared.index_code, compared.universe, compared.body_code, compared.criterion
),

tiered as (
    select
        compared.*,
        stepped.class_points,
        stepped.thresholds,
        stepped.reached,
        steps.step_points as reached_points
    from compared
    left join stepped
        on
            compared.index_code = stepped.index_code
            and compared.universe = stepped.universe
            and compared.body_code = stepped.body_code
            and compared.criterion = stepped.criterion
    left join {{ ref('stg_method_steps') }} as steps
        on
            compared.regime = steps.regime
            and compared.block = steps.block
            and compared.criterion = steps.criterion
            and stepped.reached = steps.at_least
),

judged as (
    select
        *,
        case
            when why_not is not null then why_not
            when formula_kind = 'unscored' then 'unscored'
            when formula_kind = 'normalised_block_max' and coalesce(best_units, 0) = 0
                then 'zero_denominator'
            when
                formula_kind = 'tier'
                and (
                    (class_code is not null and class_points is null)
                    or (class_code is null and coalesce(thresholds, 0) = 0)
                )
                then 'out_of_range'
            when max_points is null then 'rule_unknown'
            else 'scored'
        end as score_status,
        -- Points of formulas that state points; of the others the share in units of 10^-15.
        case
            when formula_kind = 'tier' and class_code is not null then class_points
            when formula_kind = 'tier' then coalesce(reached_points, 0)
        end as step_points,
        case
            when why_not is not null then null
            when formula_kind = 'boolean' then {{ whole('numerator') }} * 1000000000000000
            when formula_kind = 'ratio' then least(rate_units, {{ whole(1000000000000000) }})
            when formula_kind = 'normalised_block_max'
                then {{ share_of_whole('rate_units', 'best_units') }}
            when
                formula_kind = 'target_ratio'
                and rate_units >= target_units
                then {{ whole(1000000000000000) }}
            when formula_kind = 'target_ratio'
                then {{ share_of_whole('rate_units', 'target_units') }}
            when formula_kind = 'tier' and class_code is null and reached is null then 0
        end as share_units
    from tiered
),

pointed as (
    select
        *,
        case
            when score_status <> 'scored' then null
            when formula_kind = 'ratio' and numerator < coalesce(nullif(denominator, 0), 1)
                then
                    {{ to_exact(halves_up(
                        scaled('numerator', 6) ~ ' * ' ~ scaled('max_points', 6) ~ ' * 1000000000',
                        scaled('coalesce(nullif(denominator, 0), 1)', 6)
                    )) }}
            when formula_kind = 'ratio' then max_points
            when formula_kind = 'tier'
                then least(cast(step_points as decimal(38, 15)), max_points)
            when formula_kind = 'count_capped'
                then
                    least(
                        cast(
                            cast(numerator as decimal(19, 6)) * points_per_item as decimal(38, 15)
                        ),
                        max_points
                    )
            else
                {{ to_exact(halves_up(
                    'share_units * ' ~ scaled('max_points', 6), '1000000'
                )) }}
        end as points
    from judged
)

select
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    body_code,
    criterion,
    formula_kind,
    numerator,
    denominator,
    target_value,
    class_code,
    {{ to_exact('best_units') }} as best_rate,
    case when score_status <> 'not_applicable' then max_points end as max_points,
    points,
    case
        when score_status = 'scored' then {{ index_of('points', 'max_points') }}
        when score_status = 'rule_unknown'
            then {{ to_exact(halves_up('share_units', '1000') ~ ' * 1000') }}
    end as index_value,
    cast(case when score_status = 'unscored' then addends end as decimal(38, 15)) as quantity,
    score_status,
    cast(
        case
            when score_status in ('scored', 'unscored') then 1
            when score_status = 'rule_unknown' and share_units is not null then 1
            else 0
        end as integer
    ) as criteria_known,
    cast(case when score_status = 'not_applicable' then 0 else 1 end as integer) as criteria_asked
from pointed

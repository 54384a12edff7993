-- Points, index values and ranks at every criterion, from the leaves of the tree upwards. Level 5
-- is the deepest that a method may have (assets/method/check.py).
with nodes as (
    select * from {{ ref('stg_method_nodes') }}
),

bodies as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        body_code,
        body_name,
        max(is_synthetic) over (partition by index_code, universe) as is_synthetic
    from (
        select
            assessment_year,
            index_code,
            regime,
            block,
            universe,
            body_code,
            body_name,
            bool_or(is_synthetic) as is_synthetic
        from {{ ref('ind_observations') }}
        group by
            assessment_year, index_code, regime, block, universe, body_code, body_name
    ) as each_body
),

places as (
    select
        bodies.index_code,
        bodies.universe,
        bodies.regime,
        bodies.block,
        bodies.body_code,
        nodes.criterion,
        nodes.parent_criterion,
        nodes.depth,
        nodes.formula_kind,
        nodes.weight,
        nodes.is_itemised,
        nodes.max_points as declared_maximum,
        methods.not_applicable_rule = 'keeps_maximum' as keeps_maximum
    from bodies
    inner join nodes on bodies.regime = nodes.regime and bodies.block = nodes.block
    inner join {{ ref('stg_methods') }} as methods
        on bodies.regime = methods.regime and bodies.block = methods.block
),

-- Criteria without parts; a heading over criteria that carry no points has no figure of its own.
leaves as (
    select
        places.*,
        scores.points,
        scores.max_points,
        scores.index_value,
        scores.quantity,
        coalesce(scores.score_status, 'unscored') as score_status,
        coalesce(scores.criteria_known, 0) as criteria_known,
        coalesce(scores.criteria_asked, 0) as criteria_asked
    from places
    left join {{ ref('ind_criterion_scores') }} as scores
        on
            places.index_code = scores.index_code
            and places.universe = scores.universe
            and places.body_code = scores.body_code
            and places.criterion = scores.criterion
    where places.formula_kind not in ('sum', 'weighted_sum', 'best_of')
),
{% for level in range(5, -1, -1) %}
{% if level < 5 %}
parts_of_{{ level }} as (
    select
        parents.index_code,
        parents.universe,
        parents.body_code,
        parents.criterion,
        parents.declared_maximum,
        parts.points,
        parts.max_points,
        parts.index_value,
        parts.weight,
        parts.score_status,
        parts.criteria_known,
        parts.criteria_asked,
        parts.score_status <> 'not_applicable' as applies,
        max(parts.points) over (
            partition by
                parents.index_code, parents.universe, parents.body_code, parents.criterion
        ) as best_points
    from places as parents
    inner join level_{{ level + 1 }} as parts
        on
            parents.index_code = parts.index_code
            and parents.universe = parts.universe
            and parents.body_code = parts.body_code
            and parents.criterion = parts.parent_criterion
    where
        parents.depth = {{ level }}
        and parents.formula_kind in ('sum', 'weighted_sum', 'best_of')
        and parts.formula_kind <> 'unscored'
),

{# a case that is open leaves its node open, unless it could not be better than the best known -#}
gathered_{{ level }} as (
    select
        index_code,
        universe,
        body_code,
        criterion,
        sum(criteria_known) as criteria_known,
        sum(criteria_asked) as criteria_asked,
        count(case when applies then 1 end) as applicable,
        count(case when applies and score_status = 'rule_unknown' then 1 end) as unknown,
        count(case when applies and (points is null or max_points is null) then 1 end)
            as open_points,
        count(case when applies and index_value is null then 1 end) as open_values,
        count(case when weight is null then 1 end) as unweighted,
        cast(sum(case when applies then points end) as decimal(38, 15)) as sum_of_points,
        cast(sum(case when applies then max_points end) as decimal(38, 15)) as sum_of_maxima,
        cast(
            sum(case when applies then weight * cast(index_value as decimal(18, 12)) end)
            as decimal(38, 18)
        ) as weighted_value,
        cast(sum(case when applies then weight end) as decimal(18, 6)) as weights,
        max(best_points) as best_points,
        count(
            case
                when
                    applies
                    and points is null
                    and coalesce(nullif(max_points, 0), declared_maximum)
                    > coalesce(best_points, 0)
                    then 1
            end
        ) as undecided,
        count(
            case
                when
                    applies
                    and score_status = 'rule_unknown'
                    and points is null
                    and coalesce(nullif(max_points, 0), declared_maximum)
                    > coalesce(best_points, 0)
                    then 1
            end
        ) as undecided_unknown
    from parts_of_{{ level }}
    group by index_code, universe, body_code, criterion
),

judged_{{ level }} as (
    select
        places.*,
        gathered.sum_of_points,
        gathered.sum_of_maxima,
        gathered.weighted_value,
        gathered.weights,
        coalesce(gathered.best_points, 0) as best_points,
        coalesce(gathered.criteria_known, 0) as criteria_known,
        coalesce(gathered.criteria_asked, 0) as criteria_asked,
        case
            when coalesce(gathered.applicable, 0) = 0 then 'not_applicable'
            when places.declared_maximum is null then 'rule_unknown'
            when places.formula_kind <> 'best_of' and not places.is_itemised then 'rule_unknown'
            when places.formula_kind = 'sum' and gathered.open_points > 0
                then case when gathered.unknown > 0 then 'rule_unknown' else 'incomplete' end
            when places.formula_kind = 'weighted_sum' and gathered.unweighted > 0
                then 'rule_unknown'
            when places.formula_kind = 'weighted_sum' and gathered.open_values > 0
                then case when gathered.unknown > 0 then 'rule_unknown' else 'incomplete' end
            when places.formula_kind = 'best_of' and gathered.undecided_unknown > 0
                then 'rule_unknown'
            when places.formula_kind = 'best_of' and gathered.undecided > 0 then 'incomplete'
            when
                places.formula_kind = 'best_of'
                and not places.is_itemised
                and coalesce(gathered.best_points, 0) < places.declared_maximum
                then 'rule_unknown'
            else 'scored'
        end as score_status
    from places
    left join gathered_{{ level }} as gathered
        on
            places.index_code = gathered.index_code
            and places.universe = gathered.universe
            and places.body_code = gathered.body_code
            and places.criterion = gathered.criterion
    where
        places.depth = {{ level }}
        and places.formula_kind in ('sum', 'weighted_sum', 'best_of')
),

pointed_{{ level }} as (
    select
        *,
        case
            when score_status <> 'scored' then null
            when formula_kind = 'sum' then sum_of_points
            when formula_kind = 'best_of' then least(best_points, declared_maximum)
            else
                {{ to_exact(halves_up(
                    scaled('weighted_value', 18) ~ ' * ' ~ scaled('declared_maximum', 6),
                    '1000000000'
                )) }}
        end as points,
        case
            when score_status = 'not_applicable' then null
            when score_status <> 'scored' then declared_maximum
            when keeps_maximum or formula_kind = 'best_of' then declared_maximum
            when formula_kind = 'sum' then sum_of_maxima
            else cast(weights * cast(declared_maximum as decimal(18, 6)) as decimal(38, 15))
        end as max_points
    from judged_{{ level }}
),
{% endif %}
level_{{ level }} as (
    select
        index_code,
        universe,
        body_code,
        criterion,
        parent_criterion,
        formula_kind,
        weight,
        points,
        max_points,
        index_value,
        quantity,
        score_status,
        criteria_known,
        criteria_asked
    from leaves
    where depth = {{ level }}
    {% if level < 5 -%}
    union all
    select
        index_code,
        universe,
        body_code,
        criterion,
        parent_criterion,
        formula_kind,
        weight,
        points,
        max_points,
        case when score_status = 'scored' then {{ index_of('points', 'max_points') }} end
            as index_value,
        cast(null as decimal(38, 15)) as quantity,
        score_status,
        criteria_known,
        criteria_asked
    from pointed_{{ level }}
    {%- endif %}
),
{% endfor %}

computed as (
    select * from level_0
    union all
    select * from level_1
    union all
    select * from level_2
    union all
    select * from level_3
    union all
    select * from level_4
    union all
    select * from level_5
),

tie_figures as (
    select
        index_code,
        universe,
        body_code,
        input_code,
        case
            when
                is_allowed
                and class_code is null
                and observation_state in ('reported', 'observed', 'confirmed', 'overridden')
                then value
        end as value
    from {{ ref('ind_observations') }}
),

compared as (
    select
        bodies.assessment_year,
        bodies.index_code,
        bodies.regime,
        bodies.block,
        bodies.universe,
        bodies.body_code,
        bodies.body_name,
        bodies.is_synthetic,
        nodes.criterion,
        nodes.parent_criterion,
        nodes.node_path,
        nodes.depth,
        nodes.position,
        nodes.criterion_vi,
        nodes.criterion_en,
        nodes.formula_kind,
        nodes.ranking,
        computed.max_points,
        computed.points,
        computed.index_value,
        computed.quantity,
        computed.score_status,
        computed.criteria_known,
        computed.criteria_asked,
        methods.decimals,
        methods.method_sha256,
        rankings.rank_missing,
        case
            when rankings.rank_on = 'printed'
                then
                    {{ rounded_to(
                        'coalesce(computed.index_value, computed.quantity)',
                        'methods.decimals'
                    ) }}
            else coalesce(computed.index_value, computed.quantity)
        end as rank_key,
        coalesce(first_ties.value, -1) as first_tie,
        coalesce(second_ties.value, -1) as second_tie,
        coalesce(third_ties.value, -1) as third_tie
    from computed
    inner join bodies
        on
            computed.index_code = bodies.index_code
            and computed.universe = bodies.universe
            and computed.body_code = bodies.body_code
    inner join nodes
        on
            bodies.regime = nodes.regime
            and bodies.block = nodes.block
            and computed.criterion = nodes.criterion
    inner join {{ ref('stg_methods') }} as methods
        on bodies.regime = methods.regime and bodies.block = methods.block
    left join {{ ref('stg_method_rankings') }} as rankings
        on
            nodes.regime = rankings.regime
            and nodes.block = rankings.block
            and nodes.ranking = rankings.ranking
    left join tie_figures as first_ties
        on
            computed.index_code = first_ties.index_code
            and computed.universe = first_ties.universe
            and computed.body_code = first_ties.body_code
            and rankings.first_tie_break = first_ties.input_code
    left join tie_figures as second_ties
        on
            computed.index_code = second_ties.index_code
            and computed.universe = second_ties.universe
            and computed.body_code = second_ties.body_code
            and rankings.second_tie_break = second_ties.input_code
    left join tie_figures as third_ties
        on
            computed.index_code = third_ties.index_code
            and computed.universe = third_ties.universe
            and computed.body_code = third_ties.body_code
            and rankings.third_tie_break = third_ties.input_code
),

ranked as (
    select
        *,
        rank() over (
            partition by index_code, universe, criterion
            order by
                rank_key desc nulls last,
                first_tie desc nulls last,
                second_tie desc nulls last,
                third_tie desc nulls last
        ) as place,
        count(*) over (partition by index_code, universe, criterion) as members
    from compared
),

reconstructed as (
    select
        above.regime,
        above.block,
        above.criterion,
        bool_or(beneath.basis = 'reconstructed') as is_reconstructed
    from nodes as above
    inner join nodes as beneath
        on
            above.regime = beneath.regime
            and above.block = beneath.block
            and (
                above.node_path = beneath.node_path
                or beneath.node_path like (above.node_path || '/%')
            )
    group by above.regime, above.block, above.criterion
)

select
    ranked.assessment_year,
    ranked.index_code,
    ranked.regime,
    ranked.block,
    ranked.universe,
    ranked.body_code,
    ranked.body_name,
    ranked.criterion,
    ranked.parent_criterion,
    ranked.node_path,
    ranked.depth,
    ranked.position,
    ranked.criterion_vi,
    ranked.criterion_en,
    ranked.formula_kind,
    ranked.max_points,
    ranked.points,
    ranked.index_value,
    ranked.quantity,
    ranked.score_status,
    cast(ranked.criteria_known as integer) as criteria_known,
    cast(ranked.criteria_asked as integer) as criteria_asked,
    {{ coverage_text('ranked.criteria_known', 'ranked.criteria_asked') }} as coverage,
    ranked.ranking,
    cast(
        case
            when ranked.ranking is null then null
            when ranked.rank_key is not null then ranked.place
            when ranked.rank_missing = 'last_rank' then ranked.members
        end as integer
    ) as rank,
    ranked.decimals,
    ranked.criteria_known < ranked.criteria_asked as is_incomplete,
    reconstructed.is_reconstructed,
    ranked.is_synthetic,
    ranked.method_sha256
from ranked
inner join reconstructed
    on
        ranked.regime = reconstructed.regime
        and ranked.block = reconstructed.block
        and ranked.criterion = reconstructed.criterion

-- Published index values against the published parts they are made of, by the weights or sums of
-- the method; and values of merged provinces against the plain mean of their former provinces
-- (the rule of the 2024 results). Where not every part is published nothing can be said.
with published as (
    select
        published.*,
        row_number() over (
            partition by index_code, universe, category, body_code
            order by {{ trust_order('trust') }} asc nulls last, value_key asc nulls last
        ) as preference
    from {{ ref('idx_published_values') }} as published
    where published_value is not null
),

best as (
    select * from published
    where preference = 1
),

nodes as (
    select * from {{ ref('stg_method_nodes') }}
),

-- The overall index of a method whose every part is known with its weight, or adds up.
wholes as (
    select
        parents.index_code,
        parents.regime,
        parents.block,
        parents.criterion,
        parents.formula_kind,
        count(*) as parts
    from nodes as parents
    inner join nodes as parts
        on
            parents.regime = parts.regime
            and parents.block = parts.block
            and parents.criterion = parts.parent_criterion
    where
        parents.parent_criterion is null
        and parents.is_itemised
        and parts.formula_kind <> 'unscored'
        and (
            (parents.formula_kind = 'weighted_sum' and parts.weight is not null)
            or parents.formula_kind = 'sum'
        )
    group by
        parents.index_code, parents.regime, parents.block, parents.criterion, parents.formula_kind
),

composed as (
    select
        whole_values.value_key,
        wholes.parts,
        count(part_values.published_value) as parts_held,
        cast(
            sum(
                case
                    when wholes.formula_kind = 'weighted_sum'
                        then parts.weight * part_values.published_value
                    else part_values.published_value
                end
            ) as decimal(28, 12)
        ) as recomputed_value,
        -- Half a unit of the last printed digit of every part, with its weight.
        cast(
            sum(
                case
                    when wholes.formula_kind = 'weighted_sum' then parts.weight
                    else cast(1 as decimal(18, 6))
                end
                * {{ half_unit('part_values.decimals') }}
            ) as decimal(28, 12)
        ) as slack
    from wholes
    inner join best as whole_values
        on
            wholes.index_code = whole_values.index_code
            and wholes.regime = whole_values.regime
            and wholes.block = whole_values.block
            and wholes.criterion = whole_values.category
    inner join nodes as parts
        on
            wholes.regime = parts.regime
            and wholes.block = parts.block
            and wholes.criterion = parts.parent_criterion
            and parts.formula_kind <> 'unscored'
    left join best as part_values
        on
            whole_values.index_code = part_values.index_code
            and whole_values.universe = part_values.universe
            and whole_values.body_code = part_values.body_code
            and parts.criterion = part_values.category
    group by whole_values.value_key, wholes.parts
),

former_values as (
    select
        later.value_key,
        cast(count(*) as integer) as parts,
        cast(count(former.published_value) as integer) as parts_held,
        cast(sum(former.published_value) as decimal(28, 6)) as total,
        cast(max({{ half_unit('former.decimals') }}) as decimal(28, 12)) as slack
    from best as later
    inner join {{ ref('stg_bodies') }} as bodies
        on later.body_code = bodies.successor_code and later.block = bodies.block
    left join best as former
        on
            bodies.body_code = former.body_code
            and later.index_code = former.index_code
            and later.category = former.category
            and later.universe <> former.universe
    group by later.value_key
),

merged as (
    select
        value_key,
        parts,
        parts_held,
        cast(
            {{ to_exact(halves_up(scaled('total', 6) ~ ' * 1000000000', 'parts')) }}
            as decimal(28, 12)
        ) as recomputed_value,
        slack
    from former_values
    where parts_held > 0
),

held as (
    select *, 'sum_of_parts' as item from composed
    where parts_held > 0
    union all
    select *, 'mean_of_merged' as item from merged
),

judged as (
    select
        best.assessment_year,
        best.index_code,
        held.item,
        best.category as table_no,
        best.universe,
        best.category,
        best.value_key as subject,
        best.body_code,
        {{ printed_number('best.published_value', 'best.decimals') }} as printed,
        case when held.parts_held = held.parts then cast(held.recomputed_value as string) end
            as recomputed,
        case
            when held.parts_held = held.parts
                then cast(best.published_value - held.recomputed_value as decimal(18, 6))
        end as difference,
        case
            when held.parts_held < held.parts then 'not_every_part_is_published'
            when
                abs(best.published_value - held.recomputed_value)
                <= {{ half_unit('best.decimals') }}
                then 'equal_at_printed_precision'
            when
                abs(best.published_value - held.recomputed_value)
                <= {{ half_unit('best.decimals') }} + held.slack
                then 'within_rounding_of_the_parts'
            else 'parts_do_not_make_the_whole'
        end as rule,
        cast(held.parts_held as string) || ' of ' || cast(held.parts as string)
        || ' parts published' as note,
        best.line_no,
        best.file_sha256
    from held
    inner join best on held.value_key = best.value_key
)

select
    assessment_year,
    index_code,
    item,
    table_no,
    universe,
    category,
    subject,
    body_code,
    printed,
    recomputed,
    difference,
    case rule
        when 'equal_at_printed_precision' then 'match'
        when 'within_rounding_of_the_parts' then 'rounding'
        when 'not_every_part_is_published' then 'not_recomputable'
        else 'unexplained'
    end as class,
    rule,
    note,
    line_no,
    file_sha256
from judged

{# Arithmetic of scores: exact on whole numbers, one rounding (half up) where docs/methods.md says
   so. The engine's own division of decimals is not used: DuckDB's goes through binary floats,
   Spark's keeps 6 decimals. The two engines differ in three places, told apart here only. #}

{# A value as a whole number of at most 38 digits. #}
{% macro whole(value) -%}
cast({{ value }} as {{ 'decimal(38, 0)' if target.type == 'spark' else 'hugeint' }})
{%- endmacro %}

{# Whole numbers divided, the rest cut off; the divisor is not zero. Spark's own `div` keeps 18
   digits, and its division is exact where nothing is left over. #}
{% macro quotient(dividend, divisor) -%}
{% if target.type == 'spark' -%}
{{ whole('(' ~ dividend ~ ' - ' ~ dividend ~ ' % ' ~ divisor ~ ') / ' ~ divisor) }}
{%- else -%}
({{ dividend }} // {{ divisor }})
{%- endif %}
{%- endmacro %}

{# The value as a whole number of units of the given decimals. #}
{% macro scaled(value, decimals) -%}
{{ whole('(' ~ value ~ ') * ' ~ whole(10 ** decimals)) }}
{%- endmacro %}

{# Whole numbers divided, rounded half up; neither is negative, null where the divisor is zero. #}
{% macro halves_up(dividend, divisor) -%}
{{ quotient(
    '(2 * (' ~ dividend ~ ') + (' ~ divisor ~ '))', 'nullif(2 * (' ~ divisor ~ '), 0)'
) }}
{%- endmacro %}

{# As halves_up(dividend * 10^15, divisor): the whole part first, so that a quotient may have 34
   digits on Spark too. #}
{% macro rate_of(dividend, divisor) -%}
{%- set by = 'nullif(' ~ divisor ~ ', 0)' -%}
(
    {{ quotient(dividend, by) }} * 1000000000000000
    + {{ halves_up('(' ~ dividend ~ ' % ' ~ by ~ ') * 1000000000000000', divisor) }}
)
{%- endmacro %}

{# As rate_of(dividend, divisor) for a dividend not above the divisor, which has at most
   34 digits: long division, four digits a step, so that no product leaves 38 digits. #}
{% macro share_of_whole(dividend, divisor) -%}
{%- set by = 'nullif(' ~ divisor ~ ', 0)' -%}
{%- set rest = namespace(of=dividend) -%}
(
    {% for place in ('100000000000', '10000000', '1000') -%}
        {{ quotient('(' ~ rest.of ~ ' * 10000)', by) }} * {{ place }} +
        {% set rest.of = '(' ~ rest.of ~ ' * 10000 % ' ~ by ~ ')' -%}
    {% endfor -%}
    {{ halves_up(rest.of ~ ' * 1000', divisor) }}
)
{%- endmacro %}

{# A whole number of units of 10^-15 as a decimal. Spark gives a product of 38 digits 6 decimals,
   so there the part before the point and the part behind it are put together. #}
{% macro to_exact(units) -%}
{% if target.type == 'spark' -%}
{%- set one = '1000000000000000' -%}
cast(
    cast({{ quotient('(' ~ units ~ ')', one) }} as decimal(22, 0))
    + cast(({{ units }}) % {{ one }} as decimal(15, 0)) * cast('0.000000000000001' as decimal(15, 15))
    as decimal(38, 15)
)
{%- else -%}
cast(cast({{ units }} as decimal(38, 0)) * cast('0.000000000000001' as decimal(16, 15)) as decimal(38, 15))
{%- endif %}
{%- endmacro %}

{# A figure by another, neither negative and both of at most 6 decimals, times a whole number (100
   for percent), rounded half up to 6 decimals; null where the divisor is zero. #}
{% macro share_of(part, of_whole, times=1) -%}
cast(
    cast({{ halves_up(scaled(part, 12) ~ ' * ' ~ times, scaled(of_whole, 6)) }} as decimal(18, 0))
    * cast('0.000001' as decimal(7, 6)) as decimal(18, 6)
)
{%- endmacro %}

{# Points by maximum, to 12 decimals; both are exact(38, 15). #}
{% macro index_of(points, max_points) -%}
{{ to_exact(
    halves_up(scaled(points, 15) ~ ' * 1000000000000', scaled(max_points, 15)) ~ ' * 1000'
) }}
{%- endmacro %}

{# A number rounded half up to its printed decimals (0 to 6). #}
{% macro rounded_to(number, decimals) -%}
case {{ decimals }}
    when 0 then cast(cast({{ number }} as decimal(38, 0)) as decimal(38, 15))
    when 1 then cast(cast({{ number }} as decimal(38, 1)) as decimal(38, 15))
    when 2 then cast(cast({{ number }} as decimal(38, 2)) as decimal(38, 15))
    when 3 then cast(cast({{ number }} as decimal(38, 3)) as decimal(38, 15))
    when 4 then cast(cast({{ number }} as decimal(38, 4)) as decimal(38, 15))
    when 5 then cast(cast({{ number }} as decimal(38, 5)) as decimal(38, 15))
    else cast(cast({{ number }} as decimal(38, 6)) as decimal(38, 15))
end
{%- endmacro %}

{# A figure as the text that confirmations and decisions speak of. #}
{% macro figure_text(value, class_code, state) -%}
case
    when {{ state }} = 'not_applicable' then 'not_applicable'
    when {{ class_code }} is not null then {{ class_code }}
    when {{ value }} is null then ''
    else regexp_replace(regexp_replace(cast({{ value }} as string), '0+$', ''), '[.]$', '')
end
{%- endmacro %}

{# Half a unit of the last printed digit (0 to 6 decimals): what rounding may have moved. #}
{% macro half_unit(decimals) -%}
case {{ decimals }}
    when 0 then cast(0.5 as decimal(9, 7))
    when 1 then cast(0.05 as decimal(9, 7))
    when 2 then cast(0.005 as decimal(9, 7))
    when 3 then cast(0.0005 as decimal(9, 7))
    when 4 then cast(0.00005 as decimal(9, 7))
    when 5 then cast(0.000005 as decimal(9, 7))
    else cast(0.0000005 as decimal(9, 7))
end
{%- endmacro %}

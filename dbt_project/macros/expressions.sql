{# Expressions used in several models; plain SQL that runs on DuckDB and Spark. #}

{# Host name of an address: lower case, no scheme, no www., no path, no blanks. #}
{% macro host_of(address) -%}
regexp_replace(
    regexp_replace(
        regexp_replace(lower(replace({{ address }}, ' ', '')), '^https?://', ''),
        '^www[.]', ''
    ),
    '/.*$', ''
)
{%- endmacro %}

{# Status of a printed rank: the common last rank of bodies without figures is told apart. #}
{% macro printed_rank_status(rank, is_missing) -%}
case
    when {{ rank }} is null then 'not_printed'
    when {{ is_missing }} then 'shared_last'
    else 'printed'
end
{%- endmacro %}

{# A whole number as text; null stays null. #}
{% macro whole_text(number) -%}
cast(cast(cast({{ number }} as decimal(18, 0)) as bigint) as string)
{%- endmacro %}

{# Trust marks in order, 1 the best. #}
{% macro trust_order(trust) -%}
case {{ trust }}
    when 'official_full' then 1
    when 'official_page' then 2
    when 'press' then 3
    when 'third_party_copy' then 4
    else 5
end
{%- endmacro %}

{# "53 of 63"; "3 of an unknown number" where the set of bodies is not known. #}
{% macro coverage_text(held, expected) -%}
case
    when {{ expected }} is null
        then cast({{ held }} as string) || ' of an unknown number'
    else cast({{ held }} as string) || ' of ' || cast({{ expected }} as string)
end
{%- endmacro %}

{# 10 to the power of a number of printed decimals (0 to 6). #}
{% macro power_of_ten(decimals) -%}
case {{ decimals }}
    when 0 then 1
    when 1 then 10
    when 2 then 100
    when 3 then 1000
    when 4 then 10000
    when 5 then 100000
    else 1000000
end
{%- endmacro %}

{# Rows of the summaries of online services (tables 2.5, 4.5, 4.6) that speak of a level. #}
{% macro is_level_row(level) -%}
statistic like '%mức độ {{ level }}%'
{%- endmacro %}

{# The column of those summaries that counts services with cases handled online. #}
{% macro is_services_with_cases() -%}
coalesce(scope = 'services_with_online_cases', false)
{%- endmacro %}

{# A rank and a value in one text, as "1 | 0.942000"; what is missing stays blank. #}
{% macro rank_and_value(rank, value) -%}
coalesce({{ whole_text(rank) }}, '') || ' | ' || coalesce(cast({{ value }} as string), '')
{%- endmacro %}

{# A number with the decimals it was printed with (0 to 4), a point before them. #}
{% macro printed_number(number, decimals) -%}
case {{ decimals }}
    when 0 then cast(cast({{ number }} as decimal(18, 0)) as string)
    when 1 then cast(cast({{ number }} as decimal(18, 1)) as string)
    when 2 then cast(cast({{ number }} as decimal(18, 2)) as string)
    when 3 then cast(cast({{ number }} as decimal(18, 3)) as string)
    else cast(cast({{ number }} as decimal(18, 4)) as string)
end
{%- endmacro %}

{# The criterion of the methods that ranks by the same counts as a table of the report. #}
{% macro counted_criterion(category) -%}
case {{ category }}
    when 'online_services' then 'services_provided'
    when 'online_cases' then 'cases_online'
end
{%- endmacro %}

{# Texts of a group as one, in their own order; engines order within an aggregate in ways of their
   own. #}
{% macro texts_in_order(text) -%}
{% if target.type == 'spark' -%}
array_join(sort_array(collect_list({{ text }})), ', ')
{%- else -%}
string_agg({{ text }}, ', ' order by {{ text }})
{%- endif %}
{%- endmacro %}

{# Whether a check saw what it looks for, or that it is not there. Not observed is never no. #}
{% macro is_observed(check_answer) -%}
{{ check_answer }} <> 'not_observed'
{%- endmacro %}

{# Why a figure of cases is not known, as a number, so that the strongest reason of a group is its
   largest; null for one that is known. #}
{% macro why_unknown(value_status) -%}
case {{ value_status }}
    when 'by_part' then 4
    when 'no_figure' then 3
    when 'not_stated' then 2
    when 'no_service' then 1
end
{%- endmacro %}

{# Such a number in words; not stated where there is none. #}
{% macro reason_text(reason) -%}
case {{ reason }}
    when 4 then 'by_part'
    when 3 then 'no_figure'
    when 1 then 'no_service'
    else 'not_stated'
end
{%- endmacro %}

{# The unit to which a whole number is rounded as it stands: 1000 for 12000, 1 for 12001. #}
{% macro unit_of(number) -%}
case
    {% for digits in range(6, 0, -1) -%}
    when {{ number }} % {{ 10 ** digits }} = 0 then {{ 10 ** digits }}
    {% endfor -%}
    else 1
end
{%- endmacro %}

{# Classes of the ledger that a reviewed correction speaks of: what no check explained, and two
   sources of which it says which one is wrong. #}
{% macro may_be_corrected(class) -%}
{{ class }} in ('unexplained', 'sources_differ')
{%- endmacro %}

{# Why a share of a whole is there or is not. #}
{% macro share_status(whole) -%}
case
    when {{ whole }} > 0 then 'reported'
    when {{ whole }} = 0 then 'zero_denominator'
    else 'not_stated'
end
{%- endmacro %}

-- Cases by month, as records and counts have them, side by side. A record takes level and class of
-- the catalogue's row in force on the day of receipt; a count of a service that states neither,
-- those of the row in force all through its month. Where there is no such row nothing is guessed.
with catalogue as (
    select * from {{ ref('stg_services') }}
),

of_records as (
    select
        cases.assessment_year,
        cases.body_code,
        cases.service_code,
        catalogue.declared_level,
        catalogue.service_class,
        case when catalogue.service_code is null then 'no_catalogue_row' else 'catalogue' end
            as level_status,
        cases.channel,
        cast(date_trunc('month', cases.received_on) as date) as month,
        'records' as counted_from,
        cast(count(*) as bigint) as cases_received,
        'reported' as value_status,
        cast(count(case when cases.case_result in ('on_time', 'late') then 1 end) as bigint)
            as cases_resolved,
        cast(count(case when cases.case_result = 'on_time' then 1 end) as bigint)
            as cases_on_time,
        cast(count(case when cases.fee_payment = 'online' then 1 end) as bigint)
            as cases_fee_online,
        bool_or(cases.is_synthetic or coalesce(catalogue.is_synthetic, false)) as is_synthetic,
        cast(null as string) as file_sha256,
        cast(null as integer) as line_no
    from {{ ref('stg_cases') }} as cases
    left join catalogue
        on
            cases.service_code = catalogue.service_code
            and cases.body_code = catalogue.body_code
            and cases.received_on >= catalogue.valid_from
            and cases.received_on <= coalesce(catalogue.valid_to, cases.received_on)
    group by
        cases.assessment_year,
        cases.body_code,
        cases.service_code,
        catalogue.declared_level,
        catalogue.service_class,
        case when catalogue.service_code is null then 'no_catalogue_row' else 'catalogue' end,
        cases.channel,
        cast(date_trunc('month', cases.received_on) as date)
),

of_counts as (
    select
        counts.assessment_year,
        counts.body_code,
        counts.service_code,
        coalesce(counts.declared_level, catalogue.declared_level) as declared_level,
        coalesce(counts.service_class, catalogue.service_class) as service_class,
        case
            when counts.service_code is null then 'all_services'
            when coalesce(counts.declared_level, counts.service_class) is not null then 'stated'
            when catalogue.service_code is not null then 'catalogue'
            else 'no_catalogue_row'
        end as level_status,
        counts.channel,
        counts.month,
        'counts' as counted_from,
        counts.cases_received,
        counts.value_status,
        counts.cases_resolved,
        counts.cases_on_time,
        counts.cases_fee_online,
        counts.is_synthetic or coalesce(catalogue.is_synthetic, false) as is_synthetic,
        counts.file_sha256,
        counts.line_no
    from {{ ref('stg_monthly_cases') }} as counts
    left join catalogue
        on
            counts.service_code = catalogue.service_code
            and counts.body_code = catalogue.body_code
            and coalesce(counts.declared_level, counts.service_class) is null
            and counts.month >= catalogue.valid_from
            and last_day(counts.month) <= coalesce(catalogue.valid_to, last_day(counts.month))
)

select * from of_records
union all
select * from of_counts

-- Rounds of crawl windows; the parts of a round are of one day.
select
    window_code,
    round_no,
    max(round_date) as round_date
from {{ source('raw', 'raw_crawl_rounds') }}
group by window_code, round_no

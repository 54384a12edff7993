"""Files from outside, before anyone knows what they mean: read as hostile input into cells and
rows, refused, or set aside line by line with a reason.

Belongs here: what every source needs to take a file that somebody else made: delivery, refusal,
encodings and old fonts, workbooks, JSON and Parquet under limits, processes that can harm nothing,
files filled in by people, quarantine rows. Does not belong here: what a file must say, which each
source knows (`submissions`, `crawl`, `services`), and keeping files (`lake`). Nothing here imports
a source.
"""

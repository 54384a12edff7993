"""Case records by the million: one row a case, streamed file after file.

Belongs here: from files to the parts of raw_cases and raw_case_quarantine, in the order `stream`,
`layout`, `texts`, `judge`, `worker` (one file), `read` (all files of a year), `assets`; what the
sender is told (`deliver`). Does not belong here: figures made of the cases (dbt).
"""

"""Small files of services and counts: the catalogue and the cases by month, read whole.

Belongs here: from files to the rows of raw_services and raw_monthly_cases, in the order `formats`,
`readings`, `judge` (one file), `catalogue` and `clashes` (all files of a year), `assets`; what the
sender is told (`deliver`). Does not belong here: case records (`cases`), how columns are declared
(`layouts`).
"""

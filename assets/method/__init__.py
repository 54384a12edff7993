"""The method of an assessment as data: criteria trees under `methods/`, their checks, their texts
and the reference engine. Pure functions; no Dagster, and no code in the data."""

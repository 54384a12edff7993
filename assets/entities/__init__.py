"""Public bodies: who they are and when, who is assessed in which year, and which body a printed
name means. Pure functions over bytes and rows; no Dagster, no files are opened but the rules
that ship with the package."""

"""Services and cases: small files of catalogue and counts (`tables`), case records (`cases`).

Belongs here, beside the two: what both share, that is the declared layouts of columns and words,
the signs of personal data, what a year is told of its files; and the policies by which bodies are
ranked. Both read text first, then cast it with a reason for every line that is refused.
"""

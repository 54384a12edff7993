"""Services and cases: the catalogue, counts by month, and case records by the million.

Small files (catalogue, monthly counts) are read whole, line by line; case records are streamed,
one file after the other. Both share the encodings, the signs of personal data and the policy:
text first, then cast with a reason for every line that is refused.
"""

"""Self-reports of bodies: the form, what comes back, what was read of it, and its confirmation.

Belongs here: the form of a body as it follows from the method (`form`), writing it (`workbook`,
`textform`), reading filled ones apart (`apart`, `reader`), judging each cell (`answers`), receipts,
and the round in which bodies confirm their figures. Does not belong here: files from outside as
such (`assets.received`), what a criterion is worth (`assets.method`), and merging of observations
(dbt).
"""

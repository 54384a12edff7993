"""Documents of results, from our own rounds and from other crawlers, into rows of the warehouse.

Belongs here: the document, what writes it (`findings`, `elsewhere`), what reads it line by line,
the review of unsure answers, and the rules that go with the rows: uptime, and which checks make
which figures. Does not belong here: making visits (`rounds`), and how a check is answered
(`checks`).
"""

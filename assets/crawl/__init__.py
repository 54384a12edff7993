"""What can be seen of portals and services from outside: visited politely, kept as evidence.

Belongs here: targets, fetching, what a visit found, the checks of portals and the probes of
services, results of a crawl window. Does not belong here: what a check is worth
(`assets.method`), and bodies (`assets.entities`).
"""

"""One visit to an address, politely and within limits, ended with one status of a closed list.

Belongs here: which addresses and networks are open, requests and what their faults are called,
robots.txt, turns at a host, sitemaps, the browser of the second pass, the web that is visited.
Does not belong here: what a page says (`pages`, `checks`), which addresses are worth a visit
(`checks.plan`, `targets`), keeping what was seen (`evidence`).
"""

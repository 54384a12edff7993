"""What pages say: the checks of a portal, the probe of a service, and what to visit for them.

Belongs here: the rules and their names, words and dates, kinds of pages, and how each check is
answered from visits already made. Does not belong here: reading markup (`pages`), making visits
(`fetch`, `rounds`), what a check counts for (`results.observes`), uptime (`results.uptime`).
"""

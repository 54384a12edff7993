"""What can be seen of portals and services from outside: visited politely, kept as evidence.

Belongs here: targets, fetching, what a visit found, the checks of portals and the probes of
services, results of a crawl window. Does not belong here: what a check is worth
(`assets.method`), and bodies (`assets.entities`).

In the order in which each uses only what stands before it:

    model      the shapes that all of it agrees on
    fetch      one visit
    pages      a fetched page as its reader finds it
    checks     what pages say: checks of portals, probes of services, which pages to visit
    evidence   what was seen, kept, and shown again
    targets    what is visited
    rounds     the window of visits of a season
    results    documents of results, ours and of others, into rows
    campaign   a round from its window to the intake; `window_asset` and `assets` run it and the
               reading of what came in
"""

"""Visits of a season: a window with its list of targets, visited round by round.

Belongs here: the numbers of a season, the folder of a window, making the visits of a round, and
how far or how costly that is in words. Does not belong here: a single visit (`fetch`), keeping it
(`evidence`), and what it says of a target (`results`).
"""

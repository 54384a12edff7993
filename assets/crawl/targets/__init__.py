"""The register of what is visited: portals of the bodies assessed, and their online services.

Belongs here: the address of each target and what it rests on, files of service addresses, filters
that leave targets out. Does not belong here: visits (`rounds`), and what they find (`results`).
"""

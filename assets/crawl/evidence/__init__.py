"""What was seen, kept so that anyone can look again: our own records and those of others.

Belongs here: writing WARC records and the journal of a shard, reading WARC files of any program,
and showing a record again. Does not belong here: which visits are made (`rounds`), and what they
say (`checks`, `results`).
"""

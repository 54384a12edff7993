"""The explorer: one static folder over all years that opens from a disk, without any request.

Belongs here: choosing what the page shows from promoted tables, writing it as small data files,
the page itself (`page/`, plain HTML, CSS and JavaScript), and counting the data against the
panel. Does not belong here: computing figures (dbt marts, `analysis`), promotion (`lake`).
"""

#: Its unit of promotion and key in the lake, and the file of its folder to open.
EXPLORER, ALL, INDEX = "explorer", "all", "index.html"

"""A sealed release of one year: its tables, the package of files around them, and the verifier.

Belongs here: choosing the columns that are published, writing them as Parquet and CSV with a
README, and checking any release folder from its own files. Does not belong here: computing
figures (dbt marts), judging rules (gates), promotion (lake).
"""

from assets.release.package import package, write_package
from assets.release.seal import Finding
from assets.release.tables import build_tables, release_tables, unexplained
from assets.release.verify import Verification, verify_release

__all__ = [
    "Finding",
    "Verification",
    "build_tables",
    "package",
    "release_tables",
    "unexplained",
    "verify_release",
    "write_package",
]

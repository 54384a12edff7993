"""The synthetic year: made-up submissions whose computed indices are the published ones.

Belongs here: what was published and is to be met (`targets`, `lists`), what a method lets be chosen
(`criteria`), believable sizes (`sizes`), finding figures (`fill`, `solve`), proving them with the
engine (`proof`) and writing the forms (`files`). Does not belong here: how points are computed
(`assets.method`), what a form looks like (`assets.submissions`). Nothing made here is evidence of
anything; every figure, file and sidecar says that it is synthetic.
"""

from assets.synthetic.files import write_year
from assets.synthetic.model import Published, Solution, SynthesisError, Target, Unreached
from assets.synthetic.solve import solve
from assets.synthetic.targets import published_blocks, solvable_methods

__all__ = [
    "Published",
    "Solution",
    "SynthesisError",
    "Target",
    "Unreached",
    "published_blocks",
    "solvable_methods",
    "solve",
    "write_year",
]

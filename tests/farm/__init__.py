"""A farm of made-up portals on loopback: real servers, invented text, answers known in advance."""

from tests.farm.farm import Farm
from tests.farm.farm_plan import CHECKS, TODAY

__all__ = ["CHECKS", "TODAY", "Farm"]

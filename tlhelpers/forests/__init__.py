"""Forests for tables with holes: the architectures, and the jackknife."""

from tlhelpers.forests.jackknife import (
    forest_jackknife_variance,
    jackknife_variance,
)
from tlhelpers.forests.multi_task import MultiTaskForest
from tlhelpers.forests.pooled import PooledForest
from tlhelpers.forests.sharing import shared_stages
from tlhelpers.forests.transfer import DifferenceForest, LatentVariableForest, SingleTaskForest

__all__ = [
    "DifferenceForest",
    "LatentVariableForest",
    "MultiTaskForest",
    "PooledForest",
    "SingleTaskForest",
    "forest_jackknife_variance",
    "jackknife_variance",
    "shared_stages",
]

"""Forests for tables with holes: the architectures, and the jackknife."""

from tlhelpers.forests.difference import DifferenceForest
from tlhelpers.forests.jackknife import (
    forest_jackknife_variance,
    jackknife_variance,
)
from tlhelpers.forests.latent_variable import LatentVariableForest
from tlhelpers.forests.multi_task import MultiTaskForest
from tlhelpers.forests.pooled import PooledForest
from tlhelpers.forests.sharing import shared_stages
from tlhelpers.forests.single_task import SingleTaskForest
from tlhelpers.forests.stacked import StackedForest

__all__ = [
    "DifferenceForest",
    "LatentVariableForest",
    "MultiTaskForest",
    "PooledForest",
    "SingleTaskForest",
    "StackedForest",
    "forest_jackknife_variance",
    "jackknife_variance",
    "shared_stages",
]

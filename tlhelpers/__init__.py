"""Transfer learning for sparse materials data: forests for tables with holes."""

from importlib import import_module

_PUBLIC = {
    "comparison": ["label_saving"],
    "composition": ["CompositionFeaturizer"],
    "datasets": [
        "Study",
        "band_gap_study",
        "color_study",
        "load_no_dissociation",
        "load_pbe_gaps",
        "load_results",
        "load_strehlow_cook",
        "no_study",
    ],
    "evaluation": ["cross_validate_transfer", "learning_curve"],
    "forest": ["MultiTaskForest"],
    "jackknife": ["forest_jackknife_variance", "jackknife_variance"],
    "pooled": ["PooledForest"],
    "transfer": ["DifferenceForest", "LatentVariableForest", "SingleTaskForest"],
}
_MODULE_OF = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str):
    """Import a public name when it is first asked for: `import tlhelpers` itself stays fast."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'tlhelpers' has no attribute {name!r}")
    value = getattr(import_module(f"tlhelpers.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

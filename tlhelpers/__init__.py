"""Transfer learning for sparse materials data: forests for tables with holes."""

from importlib import import_module

_PUBLIC = {
    "forests": [
        "DifferenceForest",
        "LatentVariableForest",
        "MultiTaskForest",
        "PooledForest",
        "SingleTaskForest",
        "StackedForest",
        "forest_jackknife_variance",
        "jackknife_variance",
    ],
    "data": [
        "CompositionFeaturizer",
        "Study",
        "band_gap_study",
        "color_study",
        "load_no_dissociation",
        "load_pbe_gaps",
        "load_results",
        "load_strehlow_cook",
        "load_thermochemistry",
        "no_study",
    ],
    "evaluation": ["cross_validate_transfer", "label_saving", "learning_curve"],
    "table": ["compare_architectures"],
}
_WING_OF = {name: wing for wing, names in _PUBLIC.items() for name in names}
__all__ = sorted(_WING_OF)


def __getattr__(name: str):
    """Import a public name when it is first asked for: `import tlhelpers` itself stays fast."""
    if name not in _WING_OF:
        raise AttributeError(f"module 'tlhelpers' has no attribute {name!r}")
    value = getattr(import_module(f"tlhelpers.{_WING_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

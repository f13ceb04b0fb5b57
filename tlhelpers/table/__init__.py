"""A user's own table: from a file to what can be learned from it."""

from importlib import import_module

_PUBLIC = {
    "checks": ["Finding", "check"],
    "comparison": ["compare_architectures"],
    "errors": ["TableError"],
    "filling": ["predict_table", "write_predictions"],
    "guessing": ["guess_roles"],
    "known_rows": ["held_out_warm"],
    "new_rows": ["read_new_rows"],
    "outcome": ["Comparison"],
    "reach": ["share_outside"],
    "reading": ["read_table"],
    "relations": ["Relation", "relate"],
    "roles": ["OwnTable", "Roles", "read_roles"],
    "template": ["template_table"],
}
_MODULE_OF = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str):
    """Import a public name when it is first asked for: the command line starts fast."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'tlhelpers.table' has no attribute {name!r}")
    value = getattr(import_module(f"tlhelpers.table.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value

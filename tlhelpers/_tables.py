"""Read the CSV files that travel with the package."""

from pathlib import Path

import pandas as pd

_PACKAGE = Path(__file__).parent


def table_path(name: str) -> Path:
    """Return the path of one data file: inside an installed package, or in a checkout's `data`."""
    installed = _PACKAGE / "data" / name
    return installed if installed.exists() else _PACKAGE.parent / "data" / name


def read_table(name: str) -> pd.DataFrame:
    """Read one data file; an empty cell is missing, and the text ``NaN`` is sodium nitride."""
    return pd.read_csv(table_path(name), keep_default_na=False, na_values=[""])


def result_names() -> list[str]:
    """Return the names of the result files, sorted."""
    return sorted(path.stem for path in table_path("results").glob("*.csv"))

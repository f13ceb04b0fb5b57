"""Read the CSV files that travel with the package."""

from pathlib import Path

import pandas as pd

_INSTALLED = Path(__file__).parent / "tables"
_CHECKOUT = Path(__file__).parents[2] / "data"


def table_path(name: str) -> Path:
    """Return the path of one data file: inside an installed package, or in a checkout's `data`."""
    return (_INSTALLED if _INSTALLED.exists() else _CHECKOUT) / name


def read_table(name: str) -> pd.DataFrame:
    """Read one data file; an empty cell is missing, and the text ``NaN`` is a formula."""
    return pd.read_csv(table_path(name), keep_default_na=False, na_values=[""])


def result_names() -> list[str]:
    """Return the names of the result files, sorted."""
    return sorted(path.stem for path in table_path("results").glob("*.csv"))

"""Compile the kernels ahead of their first use: ``python -m tlhelpers.forests.compile``."""

import numpy as np
import pandas as pd

from tlhelpers.forests.multi_task import MultiTaskForest


def main() -> None:
    """Fit and apply a tiny forest with a task of each type; numba keeps what it compiles."""
    X = np.arange(8.0).reshape(-1, 1)
    Y = pd.DataFrame({"number": X[:, 0], "class": list("aabbaabb")})
    MultiTaskForest("number", n_estimators=2, random_state=0).fit(X, Y).predict(X)


if __name__ == "__main__":
    main()

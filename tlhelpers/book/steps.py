"""From predicted barriers to predicted rate-determining steps."""

from collections.abc import Hashable, Sequence

import pandas as pd

from tlhelpers.data.energies import rate_determining_step
from tlhelpers.forests.labels import CLASSIFICATION


def step_predictions(
    predictions: pd.DataFrame, steps: Sequence[Hashable], name: str = "step"
) -> pd.DataFrame:
    """Turn predicted barriers into predicted rate-determining steps.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of models with all barriers as targets, in the direction of the reaction.
    steps : sequence of targets
        The barriers that compete. Rows that carry all of them count.
    name : str
        What the target is called.

    Returns
    -------
    pandas.DataFrame
        As `predictions`, one row where there were as many as steps: ``truth`` and
        ``prediction`` are the names of the highest true and the highest predicted barrier.
    """
    keys = [c for c in ("model", "repeat", "fold", "row", "group") if c in predictions]
    chosen = predictions[predictions["target"].isin(steps)]
    wide = chosen.pivot_table(
        index=keys, columns="target", values=["truth", "prediction"], aggfunc="first", sort=False
    ).dropna()
    found = {
        column: rate_determining_step(wide[column].astype(float)[list(steps)])
        for column in ("truth", "prediction")
    }
    result = pd.DataFrame(found).reset_index()
    return result.assign(target=name, task_type=CLASSIFICATION)

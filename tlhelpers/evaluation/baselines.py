"""Predictions that any model must beat, for the test rows of a table of predictions."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd


def most_common_class(predictions: pd.DataFrame, Y: pd.DataFrame) -> pd.DataFrame:
    """Predict the most common class of the training rows, whatever the features.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of classification targets, from `cross_validate_predictions` or `predict_held_out`.
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        The labels that these were made with; the row names must be unique. Whatever is not in the
        test fold is training.

    Returns
    -------
    pandas.DataFrame
        As `predictions`, of one model, ``"most common class"``. Between classes that are
        equally common, the first in the alphabet.
    """
    table = _one_model(predictions, "most common class")
    for target, fold in _folds(table):
        training = Y[target].drop(fold["row"]).dropna()
        table.loc[fold.index, "prediction"] = training.mode().iloc[0]
    return table


def straight_line(
    predictions: pd.DataFrame, Y: pd.DataFrame, known: Mapping[Hashable, Hashable]
) -> pd.DataFrame:
    """Predict each target from one known label, by a line fitted to the training rows.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of regression targets, made in the warm setting.
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        As in `most_common_class`.
    known : mapping of {target: task}
        The label that each target is predicted from. Rows where it is missing get the mean of
        the training rows.

    Returns
    -------
    pandas.DataFrame
        As `predictions`, of one model, ``"straight line"``.
    """
    table = _one_model(predictions, "straight line")
    for target, fold in _folds(table):
        training = Y[[known[target], target]].drop(fold["row"])
        both = training.dropna().to_numpy(dtype=float)
        slope, start = np.polyfit(both[:, 0], both[:, 1], 1)
        line = start + slope * Y.loc[fold["row"], known[target]]
        table.loc[fold.index, "prediction"] = line.fillna(training[target].mean()).to_numpy()
    return table


def _one_model(predictions: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of one model, to be predicted anew."""
    first = predictions[predictions["model"] == predictions["model"].iloc[0]]
    plain = first.drop(columns=["std", "observation_std"], errors="ignore")
    return plain.assign(model=name).reset_index(drop=True)


def _folds(table: pd.DataFrame) -> list[tuple[Hashable, pd.DataFrame]]:
    """Return every target's test rows that were predicted together."""
    by = [c for c in ("repeat", "fold", "target") if c in table]
    return [(fold["target"].iloc[0], fold) for _, fold in table.groupby(by, sort=False)]

"""What a comparison returns: the recommendation, the tables behind it, predictions and a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import pandas as pd

from tlhelpers.table.answers import describe_rows
from tlhelpers.table.reach import OUTSIDE, share_outside
from tlhelpers.table.recommending import Recommendation

if TYPE_CHECKING:
    from tlhelpers.table.checks import Finding


def _empty(*columns: str) -> Callable[[], pd.DataFrame]:
    """Return what makes an empty table of these columns."""
    return lambda: pd.DataFrame(columns=list(columns))


@dataclass(frozen=True, repr=False)
class Comparison:
    """Which model to use for a table, what that rests on, and the fitted model itself.

    Attributes
    ----------
    target : str
    metric : {"rmse", "accuracy"}
    recommendations : dict of {setting: Recommendation}
        The setting of most rows to predict first.
    models : dict of {setting: fitted estimator}
        The recommended models, fitted to all rows.
    scores : pandas.DataFrame
        A row per setting, model, repeat and fold; the model "picked" is the one that is picked
        anew in every fold, and ``choice`` says which it was.
    verdicts : pandas.DataFrame
        Every single model beside the single-task forest, adjusted for their number (Holm).
    predictions : pandas.DataFrame
        Held out: ``truth`` and ``prediction`` of every labelled row, model and repeat.
    curve : pandas.DataFrame
        Scores with fewer target labels.
    labels_to_buy : pandas.DataFrame
        How many labels of which task, for what gain, with its range.
    measure_next : pandas.DataFrame
        The rows whose labels would teach most about the others.
    calibration, importances, differences : pandas.DataFrame
        How often 90% intervals hold; which features count; what lies between target and related
        labels.
    ranges : pandas.DataFrame
        The least and the largest value of every feature in the rows with a label of the target.
    left_out : tuple of str
        What was not done, and why.
    notes : tuple of str
        What else is to be known of how it was done.
    made : str
        The day.
    seconds : float
    """

    target: str
    metric: str
    recommendations: dict[str, Recommendation]
    models: dict[str, Any]
    scores: pd.DataFrame = field(default_factory=_empty("setting", "model", "repeat", "fold"))
    verdicts: pd.DataFrame = field(
        default_factory=_empty("setting", "model", "metric", "score", "verdict")
    )
    predictions: pd.DataFrame = field(
        default_factory=_empty("setting", "model", "row", "truth", "prediction")
    )
    curve: pd.DataFrame = field(default_factory=_empty("setting", "model", "repeat", "size"))
    labels_to_buy: pd.DataFrame = field(
        default_factory=_empty("setting", "label", "buy", "gain", "low", "high")
    )
    measure_next: pd.DataFrame = field(default_factory=_empty("row", "share", "in_all"))
    calibration: pd.DataFrame = field(
        default_factory=_empty("setting", "model", "level", "coverage")
    )
    importances: pd.DataFrame = field(default_factory=_empty("feature", "importance"))
    differences: pd.DataFrame = field(
        default_factory=_empty("label", "n_both", "mean_difference", "slope")
    )
    ranges: pd.DataFrame = field(default_factory=_empty())
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    made: str = ""
    seconds: float = 0.0

    @property
    def setting(self) -> str:
        """The setting of most rows to predict."""
        return next(iter(self.recommendations))

    @property
    def recommended(self) -> str:
        """The name of the recommended model, in the setting of most rows to predict."""
        return self.recommendations[self.setting].model

    @property
    def picked(self) -> str | None:
        """The model of the least error on all rows, in that setting; None with too few labels."""
        return self.recommendations[self.setting].picked

    @property
    def recommendation(self) -> str:
        """The recommendation in words, of each setting that is judged."""
        return " ".join(found.sentence for found in self.recommendations.values())

    @property
    def model(self) -> Any:
        """The recommended model, fitted to all rows."""
        return self.models[self.setting]

    def predict(self, X: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
        """Predict rows with the recommended model of their setting.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n_samples, n_features)
        known : pandas.DataFrame, shape (n_samples, some related tasks), optional
            Labels of related tasks that were measured for these rows; holes allowed.

        Returns
        -------
        pandas.DataFrame
            Indexed as `X`: ``prediction``, ``low`` and ``high`` of the 90% interval for a new
            measurement, the ``model`` that was asked, and ``outside``, the share of features that
            are below or above those of all rows with a label of the target: a forest does not
            extrapolate.

        Raises
        ------
        ValueError, TypeError
            Features unlike those of the table, or rows of `known` that are not those of `X`.
        """
        X = X if isinstance(X, pd.DataFrame) else pd.DataFrame(X)
        if known is not None and not known.index.equals(X.index):
            raise ValueError(
                "the index of known is not that of X: known.reindex(X.index) aligns it"
            )
        told = X.index.map(lambda _: False) if known is None else known.notna().any(axis=1)
        told = pd.Series(told, index=X.index).to_numpy(dtype=bool)
        parts: list[tuple] = []
        for setting, rows in (("warm", told), ("cold", ~told)):
            own = setting if setting in self.models else self.setting
            if rows.any() or not (len(parts) or told.any()):
                labels = None if known is None else known[rows]
                answer = describe_rows(self.models[own], X[rows], labels)
                parts.append((rows.nonzero()[0], answer.assign(model=self._name(own))))
        order = pd.Index([place for places, _ in parts for place in places])
        answers = pd.concat([answer for _, answer in parts]).iloc[order.argsort()]
        outside = share_outside(self.ranges, X.set_axis(self.ranges.columns, axis=1))
        return answers.assign(**{OUTSIDE: outside.to_numpy()})

    def _name(self, setting: str) -> str:
        return self.recommendations[setting].model

    def write_html(
        self, path: str | PathLike, findings: Sequence["Finding"] = (), source: str = ""
    ) -> None:
        """Write the report as one self-contained HTML file.

        Parameters
        ----------
        path : path
        findings : sequence of Finding
            What `tlhelpers.table.check` found, to be shown too.
        source : str
            What the comparison was made from, such as the name of the file.
        """
        from tlhelpers.table.report import render

        with open(path, "w", encoding="utf8", newline="\n") as file:
            file.write(render(self, findings, source))

    def _repr_html_(self) -> str:
        from tlhelpers.table.report import summary

        return summary(self)

    def __repr__(self) -> str:
        return f"Comparison({self.target!r}): {self.recommendation}"

"""What the sliders of an explorer retrain: models, on some of the target labels."""

import functools
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.base import clone

from tlhelpers.data.studies import Study
from tlhelpers.evaluation.splits import split_table
from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.sharing import StageStore, shared_stages


class Retrainer:
    """Fit a model with some of the target labels; equal stages are grown once."""

    def __init__(
        self,
        models: Mapping[str, TransferForest],
        study: Study,
        targets: Sequence[Hashable],
        order: np.ndarray,
        test: np.ndarray,
        random_state: int,
    ) -> None:
        self.study, self.targets, self.order, self.test = study, targets, order, test
        self.models = {
            name: clone(model).set_params(random_state=random_state)
            for name, model in models.items()
        }
        self.kept = StageStore()
        self.predict = functools.cache(self._predict)

    def _predict(self, name: str, n_labels: int, setting: str) -> dict[Hashable, pd.DataFrame]:
        """Return each target's held-out rows: truth and prediction, of a class the chance given."""
        split = split_table(
            self.study.X, self.study.Y, self.study.groups, self.targets, self.test, setting,
            trained=self.order[:n_labels],
        )  # fmt: skip
        with shared_stages(self.kept):
            model = self.models[name].fit(split.X_train, split.Y_train)
        prediction = split.ask(model)
        if len(self.targets) == 1:
            prediction = {self.targets[0]: prediction}
        tables = {}
        for target in self.targets:
            truth = self.study.Y[target].iloc[self.test].to_numpy()
            columns = {"truth": truth, "prediction": np.asarray(prediction[target])}
            table = pd.DataFrame(columns, index=split.X_test.index)
            if hasattr(model, "classes_"):
                probability = split.ask(model, "predict_proba")
                found = {c: probability[:, i] for i, c in enumerate(model.classes_)}
                none = np.zeros(len(table))
                table["right"] = [found.get(c, none)[i] for i, c in enumerate(truth)]
            tables[target] = table[table["truth"].notna()]
        return tables

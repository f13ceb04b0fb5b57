"""Write tests/golden_lolo.json: the bags, trees and jackknife errors of lolo's own forests.

Needs lolopy, which wants a JVM and an older scikit-learn, hence an environment of its own
(`make bench` makes the same one):

    python -m venv .bench/lolopy
    .bench/lolopy/bin/pip install lolopy==3.0.7 "scikit-learn<1.7"
    .bench/lolopy/bin/python benchmarks/make_golden_lolo.py

lolopy's `predict(return_std=True)` is the spread of the trees. The jackknife is `stdDevMean` of
the prediction that the JVM holds; lolo computes it twice, by matrices for several queries and in
loops for one, and both are kept here.
"""

import json
from pathlib import Path

import numpy as np
from lolopy.learners import MultiTaskRandomForest, RandomForestRegressor

TARGET = Path(__file__).parents[1] / "tests" / "golden_lolo.json"
N_QUERIES = 5


def numbers(sequence, kind=float):
    """Copy a Scala sequence of numbers."""
    return [kind(text) for text in sequence.mkString(",").split(",")]


def case(name, bags, several, one_by_one):
    """Return what lolo says about some queries."""
    trees = several.ensemblePredictions()
    by_tree = [numbers(trees.apply(b).expected()) for b in range(trees.length())]
    counts = [numbers(bags.apply(b), int) for b in range(len(by_tree))]
    return {
        "case": name,
        "inbag_counts": ["".join(map(str, bag)) for bag in counts],
        "tree_predictions": np.transpose(by_tree).tolist(),
        "std_several": numbers(several.stdDevMean().get()),
        "std_one_by_one": [numbers(r.stdDevMean().get())[0] for r in one_by_one],
    }


def ask(name, forest, model, queries):
    """Return what one task's model of a forest says about the queries, together and singly."""
    several, *singly = (
        model.transform(forest._convert_run_data(q)) for q in (queries, *queries[:, None])
    )
    return case(name, model.Nib(), several, singly)


def single_task(rng, n, n_trees):
    X = rng.uniform(size=(n, 3))
    y = 4 * X[:, 0] ** 2 + X[:, 1] + 0.3 * rng.normal(size=n)
    forest = RandomForestRegressor(num_trees=n_trees, subset_strategy=2)
    forest.fit(X, y, random_seed=n)
    return [ask(f"{n} rows, {n_trees} trees", forest, forest.model_, X[:N_QUERIES] + 0.1)]


def multi_task(rng, n, n_trees):
    X = rng.uniform(size=(n, 3))
    Y = np.column_stack([X[:, 0] + X[:, 1], 3 + X[:, 0]]) + 0.1 * rng.normal(size=(n, 2))
    Y[rng.permutation(n)[: n // 2], 1] = np.nan
    forest = MultiTaskRandomForest(num_trees=n_trees, use_jackknife=n_trees > n)
    forest.fit(X, Y, random_seed=n)
    name, models = f"{n} rows, {n_trees} trees", forest.model_.models()
    queries = X[:N_QUERIES] + 0.1
    return [ask(f"{name}, task {t} of two", forest, models.apply(t), queries) for t in range(2)]


def no_row_above_the_noise(n=9):
    """Hand lolo bags and trees, as none of its own forests makes every score negative."""
    jvm = RandomForestRegressor().gateway.jvm
    lolo, convert = jvm.io.citrine.lolo, jvm.scala.jdk.javaapi.CollectionConverters

    def vector(items):
        array = jvm.java.util.ArrayList()
        for item in items:
            array.append(item)
        return convert.asScala(array).toVector()

    counts = [[int(i % 2 == b) for i in range(n)] for b in range(2)]
    bags = vector(vector(bag) for bag in counts)
    trees = [
        lolo.util.LoloPyDataLoader.makeRegressionPredictionResult(vector([t]), vector([0.0]))
        for t in (1.0, 2.5)
    ]
    some, none = vector(trees), jvm.scala.Option.empty()
    several = lolo.bags.MultiPointBaggedPrediction(some, bags, none, 1.0, False)
    single = lolo.bags.SinglePointBaggedPrediction(some, bags, none, 1.0, False)
    return [case("bags by hand: no score is positive", bags, several, [single])]


def main():
    """Grow the forests and write the file."""
    rng = np.random.default_rng(0)
    cases = []
    for n, n_trees in ((16, 60), (40, 40), (25, 100), (30, 16)):
        cases += single_task(rng, n, n_trees)
    for n, n_trees in ((24, 60), (13, 7)):
        cases += multi_task(rng, n, n_trees)
    cases += no_row_above_the_noise()
    text = ",\n".join(json.dumps(c) for c in cases)
    TARGET.write_text(f"[\n{text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What the handbook of chapter 12 says of few labels, and what a list of ten finds."""

import pandas as pd

from tlhelpers.book.verdict_tables import gain_to_be_seen
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation import compare_sizes, judge
from tlhelpers.table.candidates import PICKED

ALONE, READING, LESS = "single-task", "stack", "stack, without heat capacity"


def few_entropies(heat_capacity: bool = True) -> pd.DataFrame:
    """Return the learning curves of the entropies, warm.

    Parameters
    ----------
    heat_capacity : bool
        Whether a stack may read the heat capacity, which few solids without an entropy have.

    Returns
    -------
    pandas.DataFrame
        As of `tlhelpers.learning_curve`: of the single-task forest, the stack that reads all other
        columns, and the stack that does so but for the heat capacity. Without `heat_capacity`: of
        the forest and the second stack, which is then called ``stack``.
    """
    rows = load_results("entropies_few")
    less = rows["columns"] == "without"
    if not heat_capacity:
        return rows[less].drop(columns="columns").reset_index(drop=True)
    rows["model"] = rows["model"].mask(less & (rows["model"] == READING), LESS)
    return rows[~less | (rows["model"] == LESS)].drop(columns="columns").reset_index(drop=True)


def few_entropy_tests() -> pd.DataFrame:
    """Test both stacks against the single-task forest at every size of `few_entropies`.

    Returns
    -------
    pandas.DataFrame
        Columns of `tlhelpers.evaluation.compare_sizes`, with ``model`` and ``size``; all are one
        family.
    """
    curve = few_entropies()
    tests = [
        compare_sizes(curve, ALONE, model).reset_index().assign(model=model)
        for model in (READING, LESS)
    ]
    return judge(pd.concat(tests, ignore_index=True))


def entropy_controls() -> pd.DataFrame:
    """Return the tests of the stack against two controls, on the splits of the entropies.

    Returns
    -------
    pandas.DataFrame
        The tests, one family, named by the columns that the stack reads and the control: the same
        stack with these columns shuffled, or a mixture that reads none.
    """
    tests = load_results("entropies_controls")
    names = {
        "all columns": READING,
        "without": "stack (without heat capacity)",
        "stack, z shuffled": "against shuffled columns",
        "usual mixture, no columns": "against the usual mixture, no columns",
    }
    return tests.set_index(tests["columns"].map(names) + ", " + tests["control"].map(names))


def few_control_tests() -> pd.DataFrame:
    """Test both stacks against both controls at every size of `few_entropies`.

    Returns
    -------
    pandas.DataFrame
        As of `few_entropy_tests`, with ``columns`` and ``control``; all are one family.
    """
    curves = pd.concat([load_results("entropies_few"), load_results("entropies_few_controls")])
    tests = [
        compare_sizes(rows, control, READING)
        .reset_index()
        .assign(columns=columns, control=control, model=READING)
        for columns, rows in curves.groupby("columns")
        for control in ("stack, z shuffled", "usual mixture, no columns")
    ]
    return judge(pd.concat(tests, ignore_index=True))


def smaller_tables() -> pd.DataFrame:
    """Return what `compare_architectures` said of tables with 30 to 200 of the entropies.

    Returns
    -------
    pandas.DataFrame
        A row for each set of ``columns`` and number of labels, ``n_labels``: ``tables`` that were
        drawn, in how many another model than the single-task forest was ``recommended``, the mean
        ``gain`` of the choice, and the gain that was ``needed``, a median: to be seen in four of
        five such tables. Gains are shares of the error of the single-task forest.
    """
    said = load_results("entropies_own_size")
    said["recommended"] = said["recommended"] != ALONE
    said["gain"] = 1 - said["score"] / said["baseline_score"]
    said["needed"] = gain_to_be_seen(said, 25) / said["baseline_score"]  # 5 folds, 5 repeats
    by_size = said.groupby(["columns", "n_labels"])
    return by_size.agg(
        tables=("draw", "size"),
        recommended=("recommended", "sum"),
        gain=("gain", "mean"),
        needed=("needed", "median"),
    )


def hidden_labels() -> pd.DataFrame:
    """Return what a model brings on labels that were hidden, where few were left to pick it by.

    Returns
    -------
    pandas.DataFrame
        A row for each number of labels, ``n_labels``, and ``model``; "picked" is the one of least
        error on the labelled rows of each table. Its error on the hidden labels is compared with
        that of the single-task forest: the mean change on each target, and over the four
        (``mean``), in percent; in how many of the ``tables`` it is ``lower``; and the ``largest``
        change, that of the worst table. A difference was not tried on every table.
    """
    scores = load_results("hidden_labels_scores")
    case = ["n_labels", "target", "draw"]
    base = scores[scores["model"] == ALONE].set_index(case)["rmse"]
    rows = pd.concat([scores, scores[scores["picked"]].assign(model=PICKED)])
    change = (rows.set_index([*case, "model"])["rmse"].div(base) - 1).rename("change")
    by_target = 100 * change.reset_index().pivot_table("change", ["n_labels", "model"], "target")
    by_model = change.groupby(["n_labels", "model"])
    return by_target.assign(
        mean=by_target.mean(axis=1),
        tables=by_model.size(),
        lower=by_model.agg(lambda part: (part < 0).sum()),
        largest=100 * by_model.max(),
    )


def ten_picks() -> pd.DataFrame:
    """Return the mean label of the ten compounds that each way of picking finds.

    Returns
    -------
    pandas.DataFrame
        A row for each ``table`` and number of labels, ``n_labels``, means over twenty draws of the
        candidates: a column for each model, for the rules without a model, for the candidates
        ``picked blindly`` and for the ``best ten``; NaN where a rule is of the other table.
    """
    picks = load_results("ten_picks_scores")
    cases = picks.groupby(["table", "n_labels"])
    found = picks.pivot_table("found", ["table", "n_labels"], "model")
    return found.assign(
        **{"picked blindly": cases["all"].mean(), "best ten": cases["highest"].mean()}
    )

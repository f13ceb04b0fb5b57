"""The bags: which rows each tree of a forest sees, and how often."""

import numpy as np
import pandas as pd


def draw_bags(labelled: np.ndarray, n_trees: int, random_state: int) -> np.ndarray:
    """Draw the bootstrap sample of each tree, each from its own seed.

    A bag is drawn again until it holds a label of every task. All bags are drawn again, up to ten
    draws in all, while every bag holds some row (but for the only row of a task); the draw with the
    fewest such rows counts. From about 30 trees there are none; with ten, expect 1% of the rows.

    Parameters
    ----------
    labelled : bool array (n, n_tasks)
        True where a label is known (and the row has a positive weight).
    n_trees : int
    random_state : int

    Returns
    -------
    int32 array (n_trees, n)
        How often each bag holds each row.

    Raises
    ------
    ValueError
        If a task has no label, or 10,000 draws do not give a label of every task.
    """
    labelled = np.asarray(labelled, dtype=bool)
    if not labelled.any(axis=0).all():
        raise ValueError(f"task {np.argmin(labelled.any(axis=0))} has no label")
    can_be_out = labelled.any(axis=1) & ~labelled[:, labelled.sum(axis=0) == 1].any(axis=1)
    seeds = np.random.SeedSequence(random_state).spawn(n_trees)
    generators = [np.random.default_rng(seed) for seed in seeds]
    fewest = labelled.size + 1
    carries = labelled.astype(np.int64)
    for _ in range(10):
        bags = np.array([_draw_bag(carries, generator) for generator in generators])
        n_always = np.count_nonzero(bags.all(axis=0) & can_be_out)
        if n_always < fewest:
            best, fewest = bags, int(n_always)
        if fewest == 0 or n_trees == 1:
            break
    return best


def draw_shared_bags(
    in_bag: dict[str, np.ndarray],
    weight: np.ndarray | None,
    n_trees: int,
    seed: int,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the bags of all stages of an architecture.

    Parameters
    ----------
    in_bag : dict of {what each bag must hold: which rows carry it, bool array (n,)}
    weight : array (n,), or None
        Rows of weight zero are in no bag.
    n_trees, seed : int
    groups : int array (n,), optional
        Whole groups are drawn, among those with a usable row; None: rows.

    Returns
    -------
    bags : int32 array (n_trees, n)
        How often each bag holds each row; with `groups`, the group of each row.
    usable : bool array (n,)
        Which rows were drawn from.

    Raises
    ------
    ValueError
        No row with a positive weight carries something; the message names it.
    """
    labelled = np.column_stack(list(in_bag.values()))
    if weight is not None:
        labelled &= (weight > 0)[:, None]
    for what, seen in zip(in_bag, labelled.T, strict=True):
        if not seen.any():
            raise ValueError(f"no row with a positive weight carries {what}")
    usable = np.asarray(labelled.any(axis=1))
    bags = np.zeros((n_trees, len(usable)), dtype=np.int32)
    if groups is None:
        bags[:, usable] = draw_bags(labelled[usable], n_trees, seed)
        return bags, usable
    codes, names = pd.factorize(groups[usable])
    carried = np.zeros((len(names), labelled.shape[1]), dtype=bool)
    np.logical_or.at(carried, codes, labelled[usable])
    place = pd.Index(names).get_indexer(groups)  # -1: no row of the group is usable
    bags[:, place >= 0] = draw_bags(carried, n_trees, seed)[:, place[place >= 0]]
    return bags, usable


def _draw_bag(carries: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw one bag that holds at least one label of every task; `carries` is 1 where one is."""
    n = len(carries)
    for _ in range(10_000):
        bag = np.bincount(generator.integers(n, size=n), minlength=n)
        if (bag @ carries).all():
            return bag.astype(np.int32)
    raise ValueError(f"10,000 bags hold no label of task {carries.sum(axis=0).argmin()} or another")

"""The kernels as plain Python, in a child process: to the last bit what they are when compiled."""

import itertools
import os
import subprocess
import sys

import numpy as np
from numpy.testing import assert_array_equal
from test_engine import ALL, CASES, SETTINGS, fit, make_table

LARGE = {
    "many labels": dict(n=80, p=5, n_classes=(0,)),
    "many labels, classes": dict(n=80, p=6, n_classes=(3, 0), holes=0.2),
}


def answers():
    """Yield what trees say and what features are worth, of tables of every kind."""
    kinds = itertools.product([*CASES.values(), *LARGE.values()], SETTINGS, [False, True])
    for case, setting, weighted in kinds:
        X, labels, n_classes = make_table(0, **case)
        weight = np.random.default_rng(0).uniform(0.2, 3, len(X)) if weighted else None
        how = {"engine": ALL | setting, "n_trees": 2, "sample_weight": weight}
        engine = fit(X, labels, n_classes, **how)
        yield from (engine.tree_values(X, task) for task in range(len(n_classes)))
        yield engine.importances


def test_plain_kernels_say_what_compiled_ones_say(tmp_path):
    env = {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "ignore:overflow", __file__, tmp_path / "plain.npz"]
    done = subprocess.run(command, env=os.environ | env, capture_output=True, text=True)
    assert done.stdout == "function\n" and done.stderr == "" and done.returncode == 0
    with np.load(tmp_path / "plain.npz") as plain:
        for name, compiled in zip(plain, answers(), strict=True):
            assert_array_equal(plain[name], compiled)


if __name__ == "__main__":
    from tlhelpers.forests._engine.kernels import grow_trees

    print(type(grow_trees).__name__)
    np.savez(sys.argv[1], *answers())

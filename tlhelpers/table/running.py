"""Work through parts in the order of their worth: in time, with progress, and resumable."""

import os
import time
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.table.candidates import BASELINE, EQUAL, STACK
from tlhelpers.table.inner_folds import INNER
from tlhelpers.table.parts import Arrays, Part, work

_RESERVE = 0.02  # of the time, for what else follows the last part


def one_thread() -> threadpool_limits:
    """Return the context in which a fit has no threads of its own, as gradient boosting would.

    On a small table they wait for each other, all the more where fits run side by side.
    """
    return threadpool_limits(1, "openmp")


def folder_of(keep: str | os.PathLike | None, task: Experiment, *settings) -> Path | None:
    """Return where the parts of one comparison are kept, or None.

    The folder's name is a digest of the table, the models, the settings and the version of this
    package: parts of another comparison are never read.
    """
    if keep is None:
        return None
    table = [task.X.to_numpy(), list(task.X.columns), task.X.index, task.Y, task.groups]
    digest = joblib.hash([table, dict(task.models), task.targets, settings, version("tlhelpers")])
    folder = Path(keep) / digest
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Runner:
    """Run parts in threads, or where joblib's configuration says.

    Attributes
    ----------
    task : Experiment
    seconds : mapping of {model: seconds of one fit}
        From which the cost of a part is first guessed.
    n_jobs : int, optional
        As in joblib.
    folder : pathlib.Path, optional
        Where finished parts are kept, and found by a later run.
    deadline : float
        In the time of `time.monotonic`; no part begins that is not expected to end before it.
    started : float
        In the same time.
    progress : bool
    found : dict of {name of a part: its arrays}
    estimate : float or None
        The seconds that all parts were expected to take, once some seconds had passed.
    """

    task: Experiment
    seconds: dict[str, float]
    n_jobs: int | None = None
    folder: Path | None = None
    deadline: float = np.inf
    started: float = field(default_factory=time.monotonic)
    progress: bool = True
    found: dict[str, Arrays] = field(default_factory=dict)
    estimate: float | None = None

    def __post_init__(self):
        self._taken: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])  # seconds, cost
        self._bar = tqdm(desc="fits", disable=not self.progress, unit="part")
        # what is learned beside the verdict takes about half of the first fits
        self._last = self.deadline - 0.5 * sum(self.seconds.values())
        if np.isfinite(self.deadline):
            self._last -= _RESERVE * (self.deadline - self.started)

    def close(self) -> None:
        """End the progress bar."""
        self._bar.close()

    def run(self, parts: Sequence[Part], must: int = 0, later: float = 0.0) -> list[Part]:
        """Run parts in their order until the time is over.

        Parameters
        ----------
        parts : sequence of Part
        must : int
            How many of the first are run whatever the time.
        later : float
            The cost of what will follow, for the estimate.

        Returns
        -------
        list of Part
            Those that were left out.
        """
        self._bar.total = (self._bar.total or 0) + len(parts)
        todo = [part for part in parts if not self._recall(part)]
        needed = {part.name for part in parts[:must]}
        workers = effective_n_jobs(self.n_jobs)
        costs = [self.cost(part) for part in todo]

        def offered() -> Iterator:
            for number, part in enumerate(todo):
                expected = self._rate(part.kind) * costs[number]
                if part.name not in needed and time.monotonic() + expected > self._last:
                    return
                yield delayed(_timed)(part, self.task)

        parallel = Parallel(
            self.n_jobs, prefer="threads", return_as="generator", pre_dispatch="n_jobs",
            batch_size=1,
        )  # fmt: skip
        done = 0
        with warnings.catch_warnings(), closing(parallel(offered())) as answers:
            # what joblib says, when it is closed, of parts that the time does not allow
            warnings.filterwarnings("ignore", message=".*tasks? which were still being processed")
            # of a fold, which has fewer labels than the table
            warnings.filterwarnings("ignore", message=".*an interval of coverage .* it is infinite")
            # of a Gaussian process: no noise is an answer (its own filter does not hold in threads)
            warnings.filterwarnings("ignore", message="(?s).*is close to the specified .* bound")
            for part, (seconds, arrays) in zip(todo, answers, strict=False):
                self._keep(part, arrays)
                done += 1
                taken = self._taken[part.kind]
                taken[0], taken[1] = taken[0] + seconds, taken[1] + costs[done - 1]
                rest = zip(todo[done:], costs[done:], strict=True)
                ahead = sum(self._rate(part.kind) * cost for part, cost in rest)
                self._tell((ahead + self._rate("") * later) / workers)
        left = todo[done:]
        self._bar.total -= len(left)
        return left

    def cost(self, part: Part) -> float:
        """Return the seconds of fitting that a part takes, from those of the first fits.

        Training sets of one part share what does not depend on the labels that they lack, so a
        model that reads related labels takes half of its time anyhow.
        """
        n = len(self.task.X)
        shares = []
        for trained, hidden in zip(part.trained, part.hidden, strict=True):
            share = 1 - len(part.test) / n
            if trained is not None:
                share = len(trained) / self.task.labelled.sum()
            shares.append(min(share, 1 - len(hidden[1]) / n) if hidden else share)
        mixed = {STACK, EQUAL}.intersection(part.models)
        alone = self._members.difference(part.models) if mixed else set()
        total = sum(self.seconds[name] for name in alone) * sum(0.5 + 0.5 * x for x in shares)
        for name in part.models:
            whole = part.judged or name == BASELINE
            has_bags = hasattr(self.task.models[name], "out_of_bag_prediction")
            inner = INNER if part.judged and not has_bags else 1  # folds of a model without bags
            parts = sum(x if whole else 0.5 + 0.5 * x for x in shares)
            total += self.seconds[name] * inner * parts
        return total

    @property
    def _members(self) -> set[str]:
        """The models whose stages a stack grows itself where they are not compared beside it."""
        own = {"learned slope", "latent variable", "multi-task"}
        return own.intersection(self.seconds)

    def _rate(self, kind: str) -> float:
        """Return the seconds a unit of cost, of parts of a kind, or of all if there is none."""
        taken = [self._taken[kind]] if kind in self._taken else list(self._taken.values())
        cost = sum(cost for _, cost in taken)
        return sum(seconds for seconds, _ in taken) / cost if cost else 1.0

    def _tell(self, ahead: float) -> None:
        now = time.monotonic() - self.started
        if self.estimate is None and now > 2.0:
            self.estimate = now + ahead
        end = min(now + ahead, self.deadline - self.started)
        self._bar.set_description(f"about {end:.0f} s in all", refresh=False)
        self._bar.update()

    def _recall(self, part: Part) -> bool:
        """Return whether a part is there already."""
        path = self.folder / f"{part.name}.npz" if self.folder else None
        if path is None or not path.exists():
            return False
        try:
            with np.load(path, allow_pickle=False) as file:
                self.found[part.name] = dict(file)
        except (OSError, ValueError, zipfile.BadZipFile):
            return False  # written by another hand: computed anew
        self._bar.update()
        return True

    def _keep(self, part: Part, arrays: Arrays) -> None:
        self.found[part.name] = arrays
        if self.folder is not None:
            partial = self.folder / f"{part.name}.{os.getpid()}.partial"
            try:
                with partial.open("wb") as file:
                    named: dict[str, Any] = {**arrays}  # numpy types ** as a flag of its own
                    np.savez(file, **named)
                partial.replace(self.folder / f"{part.name}.npz")
            finally:  # Ctrl-C may come between
                partial.unlink(missing_ok=True)


def _timed(part: Part, task: Experiment) -> tuple[float, Arrays]:
    begun = time.perf_counter()
    with one_thread():
        arrays = work(part, task)
    return time.perf_counter() - begun, arrays

"""Names that a table brings are drawn and printed as they stand, whatever they hold."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from tlhelpers.book import figures, say, say_claims, say_list

ODD = [r"$\frac$", "cost ($)", r"5\$", "$x$", "<b>y</b>", "a_b^c", "100 %"]
TWO = ODD[:2]
UNSURE = ["truth", "prediction", "std", "observation_std"]
RNG = np.random.default_rng(0)


def intervals(column):
    rows = [{"model": m, column: p, "size": 5, "verdict": "better"} for m in TWO for p in TWO]
    values = {"score": 1.0, "difference": 1.0, "low": 0.5, "high": 2.0}
    return pd.DataFrame(rows).assign(**values, case=pd.Series(TWO * 2))


def scores():
    rows = [{"model": m, "size": n, "repeat": r} for m in ODD for n in (5, 10) for r in (0, 1)]
    return pd.DataFrame(rows).assign(rmse=RNG.uniform(1, 2, len(rows)))


def square(n):
    return pd.DataFrame(RNG.uniform(1, 2, (n, n)), index=ODD[:n], columns=ODD[:n])


def best_splits():
    size = pd.Series([1, 2, 3], name=TWO[1])
    costs = pd.DataFrame({TWO[0]: [0, 1], TWO[1]: [1, 0], "both": [0, 1]}, index=[1, 2])
    return figures.plot_best_splits(size, square(3)[TWO].reset_index(drop=True), costs)[0]


DRAWN = {
    "best splits": (best_splits, [TWO[0]]),
    "against": (
        lambda: figures.plot_against(
            pd.Series([1, 2], name=TWO[0]), square(2), dict.fromkeys(ODD, "")
        )[0],
        TWO,
    ),
    "scores": (lambda: figures.plot_scores(scores(), "model"), ODD),
    "intervals": (
        lambda: figures.plot_intervals(intervals("part"), "part", "x", dash="case")[0],
        TWO,
    ),
    "gains": (
        lambda: figures.plot_gains(pd.Series(range(4)), of=pd.Series([TWO[0], TWO[1]] * 2)),
        TWO,
    ),
    "confusion": (lambda: figures.plot_confusion(square(7), "tests"), ODD),
    "learning curve": (lambda: figures.plot_learning_curve(scores()), ODD),
    "size differences": (
        lambda: figures.plot_size_differences(intervals("part"), "part", "y")[0],
        TWO,
    ),
    "sparsity": (lambda: figures.plot_sparsity(square(7) > 1.5), ODD),
    "strip": (lambda: figures.plot_strip(pd.Series(range(7)), pd.Series(ODD), "x"), ODD),
    "lines": (
        lambda: figures.plot_lines(
            *[pd.DataFrame(RNG.uniform(size=(9, 2)), columns=TWO)] * 2, "", ""
        )[0],
        TWO,
    ),
    "curves": (lambda: figures.plot_curves(square(7).reset_index(drop=True), "x", "y"), ODD),
    "trends": (
        lambda: figures.plot_trends(
            pd.DataFrame(RNG.uniform(size=(90, 3)), columns=["x", *TWO]), "x", "x", "y"
        ),
        TWO,
    ),
    "two uncertainties": (
        lambda: figures.plot_two_uncertainties(
            pd.DataFrame(RNG.uniform(size=(7, 4)), columns=UNSURE).assign(row=ODD)
        ),
        ODD,
    ),
    "shared splits": (lambda: figures.plot_shared_splits(square(4)), ODD[:4]),
    "coverage": (
        lambda: figures.plot_coverage(pd.DataFrame(RNG.uniform(size=(4, 2)), columns=TWO)),
        TWO,
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_name_with_dollars_is_drawn_as_it_stands(kind):
    draw, names = DRAWN[kind]
    ax = draw()
    ax.figure.canvas.draw()  # where mathtext would raise an error
    texts = [text._preprocess_math(text.get_text()) for text in ax.figure.findobj(plt.Text)]
    for name in names:
        assert any(name in shown and not is_math for shown, is_math in texts), name
    plt.close("all")


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "<b>gap</b>", "<!-- x", "</div>", "<?x"]
)
def test_a_name_that_looks_like_html_is_shown(name):
    claim = pd.DataFrame([[name] * 6 + ["a.csv"]], index=[1])
    for text in (say(f"The label {name} helps."), say_list([name]), say_claims(claim)):
        html = MarkdownIt("commonmark").render(text.data)
        shown = name.replace("<", "&lt;").replace(">", "&gt;")
        assert shown in html and name not in html


def test_what_is_no_tag_stays():
    text = "p < 0.001, a <= b, `List<int>` and [here](../book/api.md)"
    assert say(text).data == text

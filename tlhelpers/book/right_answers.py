"""The right answers to exercises that are checked, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer

_ADJUST = "that is p of one test alone: adjust it for the number of tests"
_ALONE = "that is the interval of one comparison alone; adjust the p-values for the number of tests"
_CORRECTED = "that is the plain test: the error of the corrected one is sd * (1/20 + 1/4) ** 0.5"
_EQUAL = "not seen is not equal: a gain and a loss are both inside the interval"
_GAIN = "a negative difference is a gain"
_GUESSED = 'that is the slope for guessed energies: keep the regime "known"'
_HOLM = (
    "not all are multiplied by three: the smallest p by three, the next by two, the largest by one"
)
_KENDALL = 'that is the correlation by Kendall: ask for "spearman"'
_MAE = "that is the mean absolute error: the RMSE is asked for"
_NO_ERROR = "that takes the standard deviation for the error of the mean"
_NOT_OF_THREE = "it is none of the paper's three models"
_NUMBER = "that is a share: give the number"
_OF_LINE = "that is the slope of the line: fit the forest, and look at `slope_`"
_OF_ONE = "that is the slope that the difference forest takes for granted"
_PEARSON = 'that is the correlation of the scores, not of their ranks: ask for "spearman"'
_RULE = "that is the rule of thumb"
_SWAPPED = "that answers the other question"

ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "01.1": {
        "floor": Answer(
            2.83,
            wrong={
                1.63: "divide by the labels less the means, 3 - 2",
                2: "each composition has a mean: take both from the number of labels",
            },
        ),
        "too_low": Answer(1.63, wrong={2.83: "that is the floor: here divide by three"}),
    },
    "01.2": {
        "untold": Answer(
            0.90,
            wrong={
                0.58: "that is the floor of the measurements: the computed gaps are labels too",
                0.79: "divide by the number of labels less the number of means",
                0.84: "there each source counts once; here each label does",
            },
        ),
        "told": Answer(
            0.58,
            wrong={
                0.90: "that has one mean per composition: group by the source as well",
                0.42: "divide by the number of labels less the number of means",
                0.48: "divide by the number of labels less the number of means",
            },
        ),
        "divisor": Answer(0, wrong={432: "that is the number of labels: take the means away"}),
    },
    "01.3": {
        "any_temperature": Answer(
            100,
            wrong={
                0.495: _NUMBER,
                124: "that counts compositions with one measurement at room temperature, too",
            },
        ),
        "room": Answer(
            85,
            wrong={0.421: _NUMBER, 86: "a gap from a calculation is no measurement: see `origin`"},
        ),
    },
    "02.2": {
        "a": Answer(
            "no difference seen", wrong={"better": _ALONE, "worse": _GAIN, "equal": _EQUAL}
        ),
        "b": Answer(
            "better",
            wrong={
                "no difference seen": "its gain is small, but its error is small, too: divide",
                "worse": _GAIN,
            },
        ),
        "c": Answer(
            "no difference seen",
            wrong={
                "worse": "its mean is a loss, but zero is inside its interval",
                "better": "its mean is a loss",
                "equal": _EQUAL,
            },
        ),
        "p_a": Answer(
            0.056, wrong={0.0279: _ADJUST, 0.0836: _HOLM, 0: _CORRECTED, 0.415: _NO_ERROR}
        ),
        "p_b": Answer(0.0051, 0.0005, {0.0017: _ADJUST, 0: _CORRECTED, 0.18: _NO_ERROR}),
        "p_c": Answer(0.491, wrong={1: _HOLM, 1.473: _HOLM, 0.1017: _CORRECTED, 0.705: _NO_ERROR}),
        "low_c": Answer(-0.10, wrong={-0.01: _CORRECTED, -0.22: _NO_ERROR}),
        "high_c": Answer(0.20, wrong={0.11: _CORRECTED, 0.32: _NO_ERROR}),
    },
    "03.1": {
        "moved": Answer("std", wrong={"observation_std": _SWAPPED}),
        "scattered": Answer("observation_std", wrong={"std": _SWAPPED}),
        "within_std": Answer(
            0.30, wrong={0.70: "that is the share outside", 0.73: "that is `observation_std`"}
        ),
        "within_observation_std": Answer(
            0.73, wrong={0.27: "that is the share outside", 0.30: "that is `std`"}
        ),
    },
    "04.1": {
        "known": Answer("z", wrong={"d": "d is learned", "y": "y is what is predicted"}),
        "learned": Answer("d", wrong={"z": "z is known here", "y": "the forest learns y - z"}),
        "apart": Answer(0, 1e-9),
    },
    "04.3": {
        "difference": Answer(868, 1),
        "drawn_to_one": Answer(4.31, wrong={1.00: "that is with `shrink_to=0`"}),
        "mended": Answer(1.00, wrong={4.31: "that is drawn to a slope of 1"}),
        "shrink_to": Answer(
            0,
            0.001,
            {
                1: "1 is right where both labels have one unit; here the slope is a thousandth",
                1000: "it is the other way round: the slope times meV shall be eV",
            },
        ),
    },
    "05.1": {
        "whole": Answer(
            13,
            wrong={
                10: "that is the number of rows; each label adds one",
                20: "a hole adds nothing",
                12: "that is without the gap of row 1",
            },
        ),
        "without": Answer(12, wrong={13: "one label less adds one less"}),
    },
    "05.2": {
        "copies": Answer(
            12,
            wrong={
                13: "the column itself counts once already",
                14: "the column itself counts once: it makes the number smaller, not larger",
            },
        ),
    },
    "06.3": {
        "cold": Answer(1.09, wrong={0.26: "that query knows z: give no `known`"}),
        "two_units": Answer(
            1.48,
            wrong={
                1.09: "that is the cold query: give z, multiplied by 1,000",
                0.26: "there z has one unit in the training and the query",
            },
        ),
        "one_unit": Answer(
            0.26, wrong={1.48: "that model was trained on z in the first unit: fit a second one"}
        ),
    },
    "07.1": {
        "largest_gain": Answer(
            "difference",
            wrong={
                "latent variable": "it loses least: look at the smallest `change`",
                "learned slope": _NOT_OF_THREE,
                "stack": _NOT_OF_THREE,
            },
        ),
        "largest_loss": Answer(
            "difference",
            wrong={"multi-task": "look at the largest `change`: another one loses more"},
        ),
        "smallest_loss": Answer(
            "latent variable",
            wrong={
                "difference": "it has the largest loss",
                "learned slope": _NOT_OF_THREE,
                "stack": _NOT_OF_THREE,
            },
        ),
    },
    "07.2": {
        "minds": Answer(
            "difference",
            wrong={
                "multi-task": "it splits on z-scores, which have no unit",
                "latent variable": "a split on z needs only its order",
                "learned slope": "its line takes up the factor and the offset",
                "stack": "it has no member with a slope of one",
            },
        ),
        "before": Answer(0.64, wrong={2.54: "that is the error with 3z + 2"}),
        "after": Answer(2.54, wrong={0.64: "that is the error with z"}),
    },
    "08.2": {
        "cold": Answer(0.94, wrong={1.00: _PEARSON, 0.82: _KENDALL}),
        "warm": Answer(0.98, wrong={0.99: _PEARSON, 0.93: _KENDALL}),
    },
    "08.3": {
        "lowest": Answer(
            -8.2,
            0.1,
            {
                -7.6: "that is with more trees: take 25",
                7.0: "that is with the right sign: give the negative of the gap",
            },
        ),
    },
    "09.4": {
        "shuffled": Answer(0.18, wrong={0.21: "that is on the true colours"}),
        "true": Answer(0.21, wrong={0.18: "that is on the shuffled tables"}),
        "as_good": Answer(13, 0.5, {0.265: _NUMBER}),
        "p": Answer(0.28, wrong={13 / 49: "count the true table too: (1 + count) / (1 + number)"}),
    },
    "10.2": {
        "no": Answer(0.60, wrong={1: _OF_ONE, 0.65: _GUESSED}),
        "n2": Answer(0.77, wrong={1: _OF_ONE, 0.83: _OF_LINE, 0.82: _OF_LINE, 0.79: _GUESSED}),
        "o2": Answer(0.56, wrong={1: _OF_ONE}),
    },
    "12.2": {
        "rule": Answer(5.7, 0.05, {4.4: _MAE}),
        "slope": Answer(
            3.3, 0.2, {2.6: _MAE, 4.2: "that is the forest without the volume", 5.7: _RULE}
        ),
        "alone": Answer(
            4.2, 0.2, {3.2: _MAE, 3.3: "that is the forest that knows the volume", 5.7: _RULE}
        ),
    },
    "13.2": {
        "fits": Answer(
            160,
            wrong={
                40: "that is splits times sizes: each has the fits of both models",
                80: "a difference is three fits, not one",
                120: "that is the difference alone: the single-task forest is one fit more",
            },
        ),
        "minutes": Answer(
            11.6,
            0.5,
            {
                2.3: "that is with the trees of the table: time grows with the trees",
                5.8: "a difference is three fits, not one",
                695: "those are seconds",
            },
        ),
    },
    "14.2": {
        "score": Answer(
            1.10,
            wrong={
                1.23: "that ridge does not see z: give both names, `*gaps`",
                0.77: _MAE,
                1.01: "that is the single-task forest",
            },
        ),
        "verdict": Answer(
            "no difference seen",
            wrong={"worse": "its interval holds zero: look at the adjusted p", "equal": _EQUAL},
        ),
    },
}

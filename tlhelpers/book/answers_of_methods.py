"""The right answers to exercises of parts I and II, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer

EQUAL = "not seen is not equal: a gain and a loss are both inside the interval"
MAE = "that is the mean absolute error: the RMSE is asked for"
NUMBER = "that is a share: give the number"
_ADJUST = "that is p of one test alone: adjust it for the number of tests"
_ALONE = "that is the interval of one comparison alone; adjust the p-values for the number of tests"
_BASELINE = "that is the baseline"
_CORRECTED = "that is the plain test: the error of the corrected one is sd * (1/20 + 1/4) ** 0.5"
_GAIN = "a negative difference is a gain"
_HOLM = (
    "not all are multiplied by three: the smallest p by three, the next by two, the largest by one"
)
_MEANS = "those are changes of means: take medians"
_NOT_OF_THREE = "it is none of the paper's three models"
_NO_ERROR = "that takes the standard deviation for the error of the mean"
_OF_VARIANCE = "that is a standard error: give the variance"
_OF_RATIOS = "that is the median of the ratios: divide a median by a median"
_OTHER_SEED = "that is seed 0: `large` has seed 1"
_RIGHT_BAGS = "those are the right bags: shuffle the rows, not the columns"
_RIGHT_FLOOR = "that is the right floor: divide by the number of labels"
_SWAPPED = "that answers the other question"

OF_METHODS: Mapping[str, Mapping[str, Answer]] = {
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
                0.82: "that is `floor_of_union`: what does `floor` say of the column?",
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
                0.495: NUMBER,
                124: "that counts compositions with one measurement at room temperature, too",
            },
        ),
        "room": Answer(
            85,
            wrong={0.421: NUMBER, 86: "a gap from a calculation is no measurement: see `origin`"},
        ),
    },
    "01.4": {
        "rows": Answer(12, wrong={2: "those are the rows that hold a colour"}),
        "with_color": Answer(
            2,
            wrong={
                139: "that counts rows with a gap, too",
                12: "some of these have a hole in `color`, too",
            },
        ),
    },
    "01.5": {
        "faulty": Answer(0.48, wrong={0.58: _RIGHT_FLOOR, 0.51: "that is without the single ones"}),
        "without_single": Answer(
            0.51, wrong={0.58: _RIGHT_FLOOR, 0.48: "that is with the single ones"}
        ),
    },
    "01.6": {
        "kept": Answer(
            340, wrong={368: "that is with the rows without a method", 28: "those drop out"}
        ),
        "tenth": Answer(14, wrong={19: _MEANS, 51: "that counts smaller changes, too"}),
        "half": Answer(2, wrong={3: _MEANS}),
    },
    "02.1": {
        "labels": Answer(
            294,
            wrong={
                8925: "that is all rows: one with a hole in the target takes no part",
                8874: "those are the computed gaps: the target is the optical one",
                368: "that counts the hold-out set, which is put aside",
            },
        ),
        "moved": Answer(0),
    },
    "02.2": {
        "a": Answer("no difference seen", wrong={"better": _ALONE, "worse": _GAIN, "equal": EQUAL}),
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
                "equal": EQUAL,
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
    "02.3": {
        "by_row": Answer(
            0.43,
            0.03,
            {0.60: "that is the table as it was: double it", 1.00: _SWAPPED},
        ),
        "by_composition": Answer(1.00, 0.03, {0.43: _SWAPPED}),
    },
    "02.4": {
        "with_200": Answer(1.30, 0.02, {1.51: "that is with 20 labels"}),
    },
    "03.1": {
        "few": Answer("no", wrong={"yes": "its relative noise is far above 0.3"}),
        "many": Answer("yes", wrong={"no": "its relative noise is below 0.3"}),
        "noise_few": Answer(2.05, 0.02, {1.44: _OTHER_SEED, 1.61: _OF_RATIOS}),
        "noise_many": Answer(0.178, 0.005, {0.27: "that is of 1600 trees of seed 0"}),
    },
    "03.2": {
        "correlation": Answer(0.68, 0.01, {0.70: "that is of two seeds of ours"}),
        "apart": Answer(0.26, 0.02, {0.05: "that is of two seeds of ours"}),
    },
    "03.3": {
        "uncorrected": Answer(0.60, 0.02, {2.10: _RIGHT_BAGS, 0.08: "that is with the default"}),
        "corrected": Answer(
            0.08,
            0.02,
            {1.50: _RIGHT_BAGS, 0.60: "that is without the correction"},
        ),
        "should_be": Answer(
            0,
            wrong={
                1.50: "wrong bags tell nothing of the rows: every covariance is noise",
                0.60: "that is the Monte-Carlo bias",
                0.08: "that is what the correction leaves",
            },
        ),
    },
    "03.4": {
        "joint": Answer(
            1.51,
            0.05,
            {1.23: _OF_VARIANCE, 2.60: "that is right for independent errors"},
        ),
        "separate": Answer(
            2.60,
            0.05,
            {1.61: _OF_VARIANCE, 1.65: "that is one of the two", 0.95: "that is one of the two"},
        ),
    },
    "04.1": {
        "known": Answer("z", wrong={"d": "d is learned", "y": "y is what is predicted"}),
        "learned": Answer("d", wrong={"z": "z is known here", "y": "the forest learns y - z"}),
        "apart": Answer(0, 1e-9),
    },
    "04.2": {
        "learned": Answer(
            0.157,
            0.01,
            {0.049: "that is slope one", 0.34: "that is z in degrees Fahrenheit"},
        ),
        "one": Answer(0.049, wrong={0.41: _BASELINE, 0.157: "that is the learned slope"}),
        "draws": Answer(
            10, wrong={0: "those are the draws in which the learned slope does better"}
        ),
    },
    "04.3": {
        "by_1_8": Answer(0.34, wrong={0.83: "that is the factor 3", 0.41: _BASELINE}),
        "by_3": Answer(0.83, wrong={0.34: "that is the factor 1.8", 0.41: _BASELINE}),
        "baseline": Answer(0.41, wrong={0.05: "that is the difference in the right scale"}),
        "lost": Answer(10, wrong={0: "the larger error loses", 1: "that is a share: count draws"}),
    },
    "04.4": {
        "with_20": Answer(
            0.24,
            0.02,
            {
                0.41: "that is with no further place",
                0.13: "that is with 70 further places",
                0.08: "that is with all further places",
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
    "05.3": {
        "noise": Answer(
            0.86,
            0.01,
            {
                0.60: "that is beside the true labels of the rich task",
                0.84: "that is in a forest of its own",
            },
        ),
    },
    "05.4": {
        "scarce": Answer(
            0.77,
            0.01,
            {
                0.95: "that is with a weight of 1",
                0.72: "that is in a forest of its own",
                0.51: "that is the rich task",
            },
        ),
    },
    "06.1": {
        "learned_from": Answer(
            "measured", wrong={"out-of-bag": "that one answers where z is guessed"}
        ),
        "error": Answer(
            0.26,
            0.01,
            {
                1.09: "that is the cold query: give the measured z by `known`",
                1.14: "that is the forest of guessed z, given the measured one",
                0.18: MAE,
            },
        ),
    },
    "06.2": {
        "error": Answer(
            1.10,
            0.02,
            {
                1.15: "that h learned from predictions in the bag: take `oob_prediction_`",
                1.23: "that is the guess of z itself: let h answer",
                0.34: "that is the error on the training rows: predict `new`",
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
    "06.4": {
        "chain": Answer(
            0.38, 0.01, {0.36: "that is with the reaction energy alone", 0.34: _BASELINE}
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
    "07.3": {
        "wrong_sign": Answer(
            1.36,
            0.02,
            {
                0.50: "that is with the true label",
                0.64: _BASELINE,
                2.34: "that is the difference",
                1.80: "that is the learned slope",
                1.19: "that is the latent variable",
            },
        ),
    },
    "07.4": {
        "papers": Answer(
            47,
            wrong={
                61: "those are cold",
                108: "that is cold and warm together",
                51: "that counts positions where no gain is seen, too",
            },
        ),
        "six": Answer(
            17,
            wrong={
                51: "those are cold",
                68: "that is cold and warm together",
                47: "that is among the paper's models",
            },
        ),
    },
}

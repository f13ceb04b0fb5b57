"""The right answers to exercises of part I, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer

EQUAL = "not seen is not equal: a gain and a loss are both inside the interval"
MAE = "that is the mean absolute error: the RMSE is asked for"
_NAMED = "say it as the book does: no difference seen"
NUMBER = "that is a share: give the number"
_ADJUST = "that is p of one test alone: adjust it for the number of tests"
_ALONE = "that is the interval of one comparison alone; adjust the p-values for the number of tests"
_CORRECTED = "that is the plain test: the error of the corrected one is sd * (1/20 + 1/4) ** 0.5"
_GAIN = "a negative difference is a gain"
_HOLM = (
    "not all are multiplied by three: the smallest p by three, the next by two, the largest by one"
)
_MEANS = "those are changes of means: take medians"
_NO_ERROR = "that takes the standard deviation for the error of the mean"
_OF_RATIOS = "that is the median of the ratios: divide a median by a median"
_RIGHT_FLOOR = "that is the right floor: divide by the number of labels"
_TWO = "take 2.09 errors to either side, not 2"
_ONE_SPREAD = "that is with one spread for all"
_OWN_SPREAD = "that is with the spread of each compound"
_UNSHUFFLED = "that is of exercise 2: make the quarters of the shuffled spreads"
_BY_ERROR = "that is by the standard error"
_PROMISED = "that is what was promised, the mean chance"
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
                0.82: "that is floors_of_union: what does `floor` say of the column?",
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
        "t": Answer(-2.38, wrong={-5.83: _CORRECTED, -1.30: _NO_ERROR}),
        "p": Answer(
            0.0279,
            0.0005,
            {0.0139: "that is one side: count both", 0: _CORRECTED, 0.2077: _NO_ERROR},
        ),
        "low": Answer(-0.564, wrong={-0.552: _TWO, -0.408: _CORRECTED, -0.781: _NO_ERROR}),
        "high": Answer(-0.036, wrong={-0.048: _TWO, -0.192: _CORRECTED, 0.181: _NO_ERROR}),
    },
    "02.3": {
        "p_a": Answer(
            0.056, wrong={0.0279: _ADJUST, 0.0836: _HOLM, 0: _CORRECTED, 0.415: _NO_ERROR}
        ),
        "p_b": Answer(0.0051, 0.0005, {0.0017: _ADJUST}),
        "p_c": Answer(0.491, wrong={1: _HOLM, 1.473: _HOLM}),
        "a": Answer(
            "no difference seen",
            wrong={"better": _ALONE, "worse": _GAIN, "equal": EQUAL, "no difference": _NAMED},
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
                "equal": EQUAL,
                "no difference": _NAMED,
            },
        ),
    },
    "02.4": {
        "by_row": Answer(
            0.43,
            0.03,
            {0.60: "that is the table as it was: double it", 1.00: _SWAPPED},
        ),
        "by_composition": Answer(1.00, 0.03, {0.43: _SWAPPED}),
    },
    "02.5": {
        "with_200": Answer(1.30, 0.02, {1.51: "that is with 20 labels"}),
    },
    "03.1": {
        "which": Answer(
            "spread of observations",
            wrong={
                "standard error": "that says how far the prediction would move, not a measurement",
                "std": "that says how far the prediction would move, not a measurement",
            },
            also=("spread", "observation_std", "observations", "observation"),
        ),
        "chance": Answer(
            0.773,
            wrong={
                0.957: "that is with the standard error",
                0.227: "that is the chance that it fails",
                77.3: "that is in percent: give a number between 0 and 1",
            },
        ),
        "least": Answer(
            3.53,
            0.02,
            wrong={
                2.95: "that is with the standard error",
                1.47: "add to the limit what you took away",
                3.82: "that is for 95 of 100: it may fail once in ten",
                4.07: "an interval of 95% fails on both sides; here only low gaps fail",
            },
        ),
    },
    "03.2": {
        "first": Answer(0.662, 0.01, {0.878: _ONE_SPREAD}),
        "last": Answer(0.716, 0.01, {0.405: _ONE_SPREAD}),
        "first_of_one": Answer(0.878, 0.01, {0.662: _OWN_SPREAD}),
        "last_of_one": Answer(0.405, 0.01, {0.716: _OWN_SPREAD}),
    },
    "03.3": {
        "overall": Answer(0.677, 0.03),
        "first": Answer(0.432, 0.01, {0.662: _UNSHUFFLED}),
        "last": Answer(0.892, 0.01, {0.716: _UNSHUFFLED}),
    },
    "03.4": {
        "made": Answer(
            76,
            0.5,
            {125: _BY_ERROR, 153: "that is with a chance of at least one half"},
        ),
        "reached": Answer(0.961, 0.01, {0.929: _PROMISED, 0.864: _BY_ERROR}),
        "made_by_error": Answer(125, 0.5, {76: "that is by the spread of observations"}),
        "reached_by_error": Answer(0.864, 0.01, {0.972: _PROMISED}),
    },
}

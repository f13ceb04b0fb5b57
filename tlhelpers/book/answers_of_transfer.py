"""The right answers to exercises of part II, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer

_BASELINE = "that is the baseline"

OF_TRANSFER: Mapping[str, Mapping[str, Answer]] = {
    "04.1": {
        "learned": Answer(
            "d",
            wrong={"z": "z comes from the database, or from the rows with z"},
            also=("d(x)", "difference", "y - z"),
        ),
        "known": Answer(4.2, wrong={3.0: "that is z: add d", 1.2: "that is d: add it to z"}),
        "guessed": Answer(3.6, wrong={2.4: "that is the guess of z: add d", 4.2: "z is 2.4 here"}),
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
        "factor": Answer(
            2.1,
            wrong={
                2: "there it loses on average, but not in all ten draws",
                1.9: "there it loses in two draws: all ten are asked for",
                2.2: "a smaller one loses in all ten draws already",
                3: "a smaller one loses in all ten draws already",
            },
        ),
        "error": Answer(
            0.46,
            wrong={0.34: "that is the factor 1.8", 0.83: "that is the factor 3", 0.41: _BASELINE},
        ),
        "baseline": Answer(0.41, wrong={0.05: "that is the difference in the right scale"}),
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
        "warm": Answer(
            6,
            wrong={
                8: "the measured z is known: there is no need to guess it",
                5: "that forest learned from predictions of z: ask the other",
                6.5: "that is the cold query",
            },
        ),
        "cold": Answer(
            6.5,
            wrong={
                8: "that forest learned from measured z, and is given a guess: a mismatch",
                5: "cold, the measured z is not given: the model has its guess alone",
                6: "that is the warm query",
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
        "weight": Answer(
            0.5,
            wrong={
                1: "that is a alone: its sum is 2.0",
                0: "that is b alone: its sum is 2.25",
                0.25: "its sum is 0.83: try the others",
                0.75: "its sum is 0.70: try the others",
            },
        ),
        "squares": Answer(
            0.3125,
            0.01,
            {
                0.104: "that is the mean of the three squares: give the sum",
                0.559: "that is the root of the sum",
                2.0: "that is a alone",
                2.25: "that is b alone",
            },
        ),
        "new": Answer(4.0, wrong={5.0: "that is a alone", 3.0: "that is b alone"}),
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
        "positions": Answer(
            79,
            wrong={
                48: "those are cold",
                31: "those are warm",
                0.22: "that is a share: give the number",
            },
        ),
        "furthest": Answer(0.31, wrong={1.31: "that is the ratio: take one away"}),
        "best": Answer(
            "difference",
            wrong={
                "learned slope": "it is the best one at fewer of these positions",
                "stack": "the best single model is asked for",
            },
        ),
    },
    "07.4": {
        "without": Answer(1.732, 0.012, {1.694: "that is with the columns"}),
        "given": Answer(1.694, 0.012, {1.732: "that is without the columns"}),
    },
}

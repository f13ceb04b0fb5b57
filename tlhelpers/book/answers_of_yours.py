"""The right answers to exercises of part IV, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer
from tlhelpers.book.answers_of_methods import EQUAL, MAE

_ADDED = "the difference is added to z"
_NONE_NAMED = "no difference is seen, as the interval reaches zero: the choice is yours"
_DECIDED = 'the answer is not "not decided": what does the guide say of this one?'
_FROM_ZERO = "that counts from zero: the message counts as a spreadsheet does"
_HEAD = "a spreadsheet counts the head as a row, too"
_ONCE = "only the trees count three times: process and table are there once"
_ROWS = "that is the number of rows: count the filled cells of the target"
_RULE = "that is the rule of thumb"
_STD = "that is the spread over the splits"
_WHOLE = "splits are dealt out whole"

OF_YOURS: Mapping[str, Mapping[str, Answer]] = {
    "12.1": {
        "A": Answer("w", wrong={"t": "do the rows to predict have the column?"}),
        "B": Answer("t", wrong={"c": "a model is recommended", "w": "which column?"}),
        "C": Answer("c", wrong={"t": _NONE_NAMED, "n": _DECIDED}),
        "D": Answer("c", wrong={"t": _NONE_NAMED, "n": _DECIDED}),
        "E": Answer("n", wrong={"c": "what does the guide say of an answer that begins so?"}),
        "may": Answer(
            "gi",
            wrong={
                "g": "(i) may stand too: it says what was seen, and no more",
                "i": "(g) may stand too: a difference is seen, and it names the rows",
                "fgi": "(f): the score rests on a column that those solids lack",
                "ghi": "(h): no difference seen is not no difference",
                "gij": "(j): ten labels say neither this nor that",
            },
        ),
    },
    "12.2": {
        "rule": Answer(5.7, 0.05, {4.4: MAE}),
        "slope": Answer(
            3.3, 0.2, {2.6: MAE, 4.2: "that is the forest without the volume", 5.7: _RULE}
        ),
    },
    "12.3": {
        "faults": Answer(
            3,
            wrong={
                1: "it does not stop at the first: the message begins with their number",
                5: "that counts each remark: those of one column are one fault",
            },
        ),
        "remark": Answer(7, wrong={5: _FROM_ZERO, 6: _HEAD, 3: "that is the first of the three"}),
        "feature": Answer(31, wrong={29: _FROM_ZERO, 30: _HEAD}),
    },
    "12.4": {
        "line": Answer(
            15.6,
            0.4,
            {
                14.2: "that is the forest that knows no volume",
                14.4: "that is the cold answer: give the volumes by `known`",
                1.5: "that one learned from all solids: fit the dense ones",
                7.6: 'that is with a slope of one: `slope="learned"`',
                12.4: MAE,
            },
        ),
        "slope": Answer(
            3.49,
            0.05,
            {
                2.26: _RULE,
                2.06: "that one learned from all solids: fit the dense ones",
                3.91: "that is the slope for guessed volumes: take the first row",
            },
        ),
    },
    "12.5": {
        "gain": Answer(25, 1, {0.25: "give it in percent"}),
        "needed": Answer(
            28,
            1,
            {
                20: "that is half the width: times the factor",
                40: "that is the whole width: halve it, then take it times the factor",
                0.28: "give it in percent",
            },
        ),
        "without_rows": Answer(
            4,
            1,
            {
                25: "that is the gain with the twenty rows to predict: leave them out",
                0.04: "give it in percent",
            },
        ),
    },
    "13.1": {
        "four": Answer(
            1 / 3,
            0.005,
            {0.25: _WHOLE, 2: "give a part of the time of one worker, not the rounds"},
        ),
        "twelve": Answer(
            1 / 6,
            0.005,
            {1 / 12: "more workers than splits have nothing to do", 0: _WHOLE},
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
            9.0,
            0.4,
            {
                1.8: "that is with the trees of the table: time grows with the trees",
                4.5: "a difference is three fits, not one",
                540: "those are seconds",
            },
        ),
    },
    "13.3": {
        "workers": Answer(
            4,
            wrong={
                1: "that is with the trees of the table: time grows with the trees",
                2: "a difference is three fits, not one",
                3: "three workers take three rounds: splits are dealt out whole",
                7: "fewer will do: more than one round fits into ten minutes",
            },
        ),
        "faster": Answer(
            7,
            wrong={
                5: "seven splits still take two rounds",
                6: "seven splits still take two rounds",
                8: "one of them has nothing to do",
            },
        ),
    },
    "13.4": {
        "least": Answer(
            0.12, wrong={0: "that is the same seed: give `random_state=1`", 0.11: _STD}
        ),
        "most": Answer(
            0.33,
            wrong={
                0.68: "that is one score: take the mean over the splits first",
                0.26: _STD,
                0: "that is the same seed: give `random_state=1`",
            },
        ),
    },
    "13.5": {
        "leaves": Answer(2.69, 0.05, {5.55: _ONCE, 1.85: "that is one forest of three"}),
        "full": Answer(3.65, 0.05, {6.51: _ONCE, 2.17: "that is one forest of three"}),
    },
    "14.1": {
        "slope": Answer(
            1, wrong={0: "then nothing of z is left", 1.21: "that is the fitted slope", -1: _ADDED}
        ),
        "fitted": Answer(
            1.21,
            0.01,
            {
                0.58: "that predicts the computed gap from the optical one",
                1.50: "that line has no constant",
                0.83: "that is the correlation",
            },
        ),
    },
    "14.2": {
        "score": Answer(
            1.10,
            wrong={
                1.23: "that ridge does not see z: give both names, `*gaps`",
                0.77: MAE,
                1.01: "that is the single-task forest",
            },
        ),
        "verdict": Answer(
            "no difference seen",
            wrong={"worse": "its interval holds zero: look at the adjusted p", "equal": EQUAL},
        ),
    },
    "14.3": {
        "error": Answer(
            2.34,
            0.03,
            {
                0.92: "that is the warm one: it was given z",
                1.00: "that is the single-task forest",
                1.75: MAE,
            },
        ),
    },
    "14.4": {
        "share": Answer(
            0.906,
            0.005,
            {0.68: "that is within one standard deviation: take 1.645"},
        ),
    },
    "15.1": {
        "labels": Answer(290, 0.5, {293: "a remark was counted as a label", 487: _ROWS}),
    },
    "15.2": {
        "leak": Answer(
            "heat_capacity_cal",
            wrong={
                "heat_capacity": "that is the target itself",
                "entropy": "it is another quantity; what level has the finding of a copy?",
            },
        ),
    },
    "15.3": {
        "without": Answer(
            "no difference seen",
            wrong={"better": "that is with the entropy, which few of the rows to predict have"},
            also=("no difference",),
        ),
        "holes": Answer(
            1.595,
            0.03,
            {
                1.468: "that is the error with their own labels: same_holes=True",
                1.806: "that is the single-task forest: give the error of the stack",
                1.09: MAE,
            },
        ),
    },
    "15.4": {
        "leaking": Answer(0.015, 0.0051, {1.73: "that is the forest that reads no label"}),
    },
    "15.5": {
        "above": Answer(
            64,
            5,  # another seed or another model of the comparison counts a few more or less
            {
                58: "those are measured: count the predictions",
                0: "those have their whole interval above the limit: count the predictions",
                71: "that is with the entropy, which few of the rows to predict have",
                113: "those have a part of their interval above it: count the predictions",
            },
        ),
    },
}

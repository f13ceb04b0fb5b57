"""The right answers to exercises of part III, and remarks on typical wrong ones."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer
from tlhelpers.book.answers_of_methods import NUMBER

_FIRST_REPEAT = "that is the first repeat alone: take the mean of three"
_GUESSED = 'that is the slope for guessed energies: keep the regime "known"'
_LEVEL = "that is a score itself: subtract one from the other"
_OF_LINE = "that is the slope of the line: fit the forest, and look at `slope_`"
_OF_ONE = "that is the slope that the difference forest takes for granted"
_OF_SMALL = "that is for a difference of 0.05"
_OLD_VARIANCE = "the variance is 0.1 less the square of the difference"
_STACK_LESS = "that is the baseline less the stack"
_SWAPPED_POWER = "that is for half of all tables"

OF_STUDIES: Mapping[str, Mapping[str, Answer]] = {
    "08.1": {
        "labels": Answer(
            61.6,
            1,
            {
                65.1: "that is along a linear axis: go along the logarithm of the labels",
                41.6: "that is how many more than 20: give the whole number",
                149: "that is for the error with 50 labels",
                20: "those are the labels of the stack",
            },
        ),
        "saving": Answer(
            3.08,
            0.05,
            {
                3.25: "that is along a linear axis: go along the logarithm of the labels",
                0.32: "that is the inverse: the baseline's labels over those of the stack",
                1.29: "that is the ratio of the errors: take that of the labels",
                2.99: "that is for the error with 50 labels",
            },
        ),
    },
    "08.2": {
        "sentences": Answer(
            "ad",
            wrong={
                "a": "(d) may stand too: it says that the test does not see the gain",
                "d": "(a) may stand too: multiply its p-value by the tests left",
                "abd": "(b): the interval is that of one comparison alone",
                "acd": "(c): no difference seen is not no difference",
            },
        ),
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
    "08.4": {
        "apart": Answer(
            0.37,
            wrong={
                0.21: "that is the learned mean less the true one: take distances, without a sign",
                0.99: "that is the correlation: subtract one mean from the other",
            },
        ),
    },
    "09.1": {
        "may": Answer(
            "bc",
            wrong={
                "abc": "(a): no difference seen is no proof of none",
                "b": "(c): how many compounds would it take?",
                "c": "(b): 2.4 eV lies between 1.6 and 3.3 eV",
                "bcd": "(d): which comparison with the most common class has a verdict?",
            },
        ),
    },
    "09.2": {
        "accuracy_rise": Answer(0.05, wrong={0.47: _LEVEL, 0.42: _LEVEL}),
        "f1_of_it": Answer(
            0.857,
            wrong={
                1: "not all that are named blue-green are: see its column",
                0.171: "that is its part of macro F1, a fifth",
                0.667: "its column holds the three that are named rightly too",
            },
        ),
        "accuracy": Answer(0.28, wrong={0.42: "that is the accuracy of the latent variable"}),
        "f1": Answer(
            0.09,
            wrong={
                0.44: "that is the F1 of gray-black: take the mean of five classes",
                0.33: "that is the macro F1 of the latent variable",
            },
        ),
    },
    "09.3": {
        "half": Answer(75, 1, {150: _OF_SMALL, 80: _OLD_VARIANCE, 78: _OLD_VARIANCE}),
        "four_of_five": Answer(
            152, 2, {306: _OF_SMALL, 163: _OLD_VARIANCE, 160: _OLD_VARIANCE, 75: _SWAPPED_POWER}
        ),
    },
    "09.4": {
        "shuffled": Answer(0.17, wrong={0.21: "that is on the true colours"}),
        "true": Answer(0.21, wrong={0.17: "that is on the shuffled tables"}),
        "as_good": Answer(5, 0.5, {5 / 19: NUMBER}),
        "p": Answer(0.30, wrong={5 / 19: "count the true table too: (1 + count) / (1 + number)"}),
        "lowest": Answer(
            0.05, wrong={0.0: "the true table counts too", 1 / 19: "the true table counts too"}
        ),
    },
    "09.5": {
        "accuracy_gain": Answer(0.06, 0.015, {0.79: _LEVEL, 0.72: _LEVEL, 0.025: _FIRST_REPEAT}),
        "f1_gain": Answer(0.29, 0.015, {0.71: _LEVEL, 0.42: _LEVEL, 0.235: _FIRST_REPEAT}),
    },
    "10.1": {
        "n": Answer(
            1.39,
            wrong={
                4.82: "that is the published barrier, of the dissociation: turn it round",
                -1.39: "the barrier of the dissociation less its reaction energy, not the reverse",
                8.25: "the way back is lower here: subtract the reaction energy",
                3.43: "that is the reaction energy",
            },
        ),
        "o": Answer(
            2.60,
            wrong={
                0.01: "that is the published barrier, of the dissociation: turn it round",
                -2.58: "the reaction energy is negative: subtracting it raises the barrier",
                -2.60: "the barrier of the dissociation less its reaction energy, not the reverse",
                2.59: "that is the reaction energy without its sign",
            },
        ),
        "step": Answer(
            "O",
            wrong={
                "N": "N2 has the highest published barrier, but it is formed here: turn it round",
                "NO": "its barrier is 2.00 eV: is none of the two that you turned higher?",
            },
            also=(
                "O2",
                "O₂",
                "association of O",
                "O association",
                "O2 association",
                "O₂ association",
            ),
        ),
    },
    "10.2": {
        "no": Answer(0.60, wrong={1: _OF_ONE, 0.65: _GUESSED}),
        "n2": Answer(0.77, wrong={1: _OF_ONE, 0.83: _OF_LINE, 0.82: _OF_LINE, 0.79: _GUESSED}),
        "o2": Answer(0.56, wrong={1: _OF_ONE}),
    },
    "10.3": {
        "surfaces": Answer(
            22,
            wrong={
                44: "that counts surfaces without a published `dE_O2_diss`, too",
                24: "that counts surfaces without the other energies, too",
            },
        ),
        "largest": Answer(
            0,
            wrong={
                3.62: "the constant has the wrong sign",
                1.81: "the constant is missing",
                0.905: "the constant enters twice: `of_gases` halves the energy of O₂",
            },
        ),
    },
    "10.4": {
        "changed": Answer(
            20,
            wrong={
                22: "that is with all three as published: turn the barrier of O",
                0.909: NUMBER,
                2: "those keep their label",
            },
        ),
        "step": Answer(
            "Ea_N2_diss",
            wrong={
                "Ea_NO_diss": "that is with all barriers turned",
                "Ea_N2_assoc": "that barrier is turned: leave it as published",
            },
        ),
    },
    "10.5": {
        "cold": Answer(
            10,
            wrong={
                22: 'those are folds of metals: `group_by` is "surface"',
                11: "that is the margin of three barriers: take `two`",
                0.227: NUMBER,
            },
        ),
        "warm": Answer(
            5,
            wrong={
                6: "that is with folds of metals, or with the margin of three barriers",
                10: "that is with the error of a cold query",
                0.114: NUMBER,
            },
        ),
    },
    "11.1": {
        "seen": Answer(
            6,
            wrong={
                4: "that is those that see a better model: count the worse ones, too",
                2: "that is those that see a worse model: count the better ones, too",
                38: "in those no difference is seen",
            },
        ),
        "chance": Answer(
            2.2,
            0.15,
            {
                5: "that is the level in percent: take it of the 44 tests",
                0.05: "that is the level: take it of the 44 tests",
                0.3: "that is of the tests that see a difference: take all 44",
            },
        ),
        "may": Answer(
            "bc",
            wrong={
                "abc": "(a): none of these three cells is coloured",
                "bcd": "(d): the grid compares each model with the baseline only",
                "b": "(c): the cell is red, so its loss is seen",
                "c": "(b): it says that nothing was seen, not that nothing is there",
            },
        ),
    },
    "11.2": {
        "folds": Answer(
            6,
            wrong={
                44: "in those the stack has the lower error",
                12: "that is the share in percent, or both settings: count cold folds",
                0.12: NUMBER,
            },
        ),
        "lowest": Answer(
            -0.26,
            wrong={-0.20: _STACK_LESS, -0.36: "those are warm folds"},
        ),
        "highest": Answer(0.20, wrong={0.26: _STACK_LESS, 0.14: "those are warm folds"}),
    },
    "11.3": {
        "rivals": Answer(
            3,
            wrong={
                4: "that is with raised p-values: a claim that needs all tests takes each alone",
                1: "that one is told apart with raised p-values",
                2: "those are told apart from it",
                14: "those are of all models in the table: take `six`",
            },
        ),
        "may": Answer(
            "bd",
            wrong={
                "abd": "(a): three rivals are not told apart from it",
                "b": "(d): what does an interval that holds zero leave open?",
                "d": "(b): the pooled forest is told apart from it",
                "bcd": "(c): no test sees another model ahead",
            },
        ),
    },
    "11.4": {
        "called": Answer(
            27,
            wrong={
                6: "that is the whole interval: halve the distance of each end to the middle",
                0: "that is by our verdicts",
                0.5: NUMBER,
            },
        ),
        "chance": Answer(
            0.33,
            wrong={
                0.05: "that is the whole interval",
                0.16: "that is one side: zero may lie on either",
                18: "that is the number of cases: give the share",
            },
        ),
    },
    "11.5": {
        "pooled": Answer(
            50, 0.5, {0: "in those the single-task forest has the higher error", 1: NUMBER}
        ),
        "slope": Answer(10, 0.5, {0: "in those the line has the lower error", 1: NUMBER}),
        "forest": Answer(
            15, 0.5, {5: "in those the single-task forest has the lower error", 0.75: NUMBER}
        ),
    },
}

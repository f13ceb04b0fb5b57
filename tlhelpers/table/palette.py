"""How models look in a report: the colours of the book, and what they become on a dark page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """The colour of a model on a light and on a dark page, its marker and dash."""

    color: str
    dark: str
    marker: str
    dash: tuple[int, ...] = ()


# Okabe and Ito's palette: distinct for readers who cannot tell red from green.
LOOKS = {
    "single-task": Look("#0072b2", "#56b4e9", "o"),
    "difference": Look("#d55e00", "#ff8a3d", "s", (6, 3)),
    "multi-task": Look("#009e73", "#2fd0a0", "^", (2, 2)),
    "latent variable": Look("#cc79a7", "#e6a5c8", "D", (8, 2, 2, 2)),
    "learned slope": Look("#9669ff", "#b79aff", "X", (10, 3)),
    "stack": Look("#222222", "#f2f2f2", "*", (14, 2, 2, 2)),
    "equal weights": Look("#a18245", "#cfae6a", "p", (5, 1, 1, 1)),
}
RIVAL = Look("#555555", "#aaaaaa", "v", (1, 1))
INK, DARK_INK = "#333333", "#dddddd"


def look_of(model: str) -> Look:
    """Return how a model is drawn; "difference (PBE)" as the difference, rivals in grey."""
    return LOOKS.get(model) or LOOKS.get(model.partition(" (")[0], RIVAL)

"""How models look: the same colour, marker and dash for the same model in every figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How a model is drawn, in every figure; marker and dash tell it apart without colour."""

    color: str
    marker: str
    dash: tuple[int, ...] = ()

    @property
    def symbol(self) -> str:
        """The marker in the words of an explorer."""
        words = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond", "*": "star"}
        return words.get(self.marker, "cross")

    @property
    def pattern(self) -> str:
        """The dash in the words of an explorer, an SVG pattern."""
        return " ".join(map(str, self.dash))


# Okabe and Ito's palette: distinct for readers who cannot tell red from green.
STYLES = {
    "single-task": Style("#0072b2", "o"),
    "difference": Style("#d55e00", "s", (6, 3)),
    "multi-task": Style("#009e73", "^", (2, 2)),
    "latent variable": Style("#cc79a7", "D", (8, 2, 2, 2)),
    "learned slope": Style("#782d00", "X", (10, 3)),
    "stack": Style("#222222", "*", (14, 2, 2, 2)),
}
# The naive union is no architecture: grey, and apart by marker and dash.
UNIONS = {"pooled": Style("#555555", "v", (1, 1)), "pooled, flag": Style("#888888", "P", (3, 1))}
OTHER = Style("#555555", "o")
# For series that are no models, such as the steps of a reaction.
SERIES = (Style("#000000", "o"), Style("#e69f00", "s", (6, 3)), Style("#56b4e9", "^", (2, 2)))
INK = "#333333"
PAGE = 7.0  # inches, the widest figure: shown as it is drawn, with type of the size of the text


def style_of(model: str) -> Style:
    """Return the style of a model, or of the model in "how, model"; others are drawn in grey."""
    every = STYLES | UNIONS
    return every.get(model) or every.get(str(model).rpartition(", ")[2], OTHER)


def literal(name: object) -> str:
    """Return a name from the data as it is to be drawn: a dollar is no start of a formula."""
    return str(name).replace("$", r"\$")

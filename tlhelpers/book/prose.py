"""Small helps for chapters: prose whose numbers come from a cell."""

from IPython.display import Markdown


def say(text: str) -> Markdown:
    """Return text as Markdown, so that a sentence can hold computed numbers.

    Parameters
    ----------
    text : str
        Markdown, usually an f-string.

    Returns
    -------
    IPython.display.Markdown
        Shown where it is the last expression of a cell.
    """
    return Markdown(" ".join(text.split()))

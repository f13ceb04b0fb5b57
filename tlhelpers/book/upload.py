"""A button that takes a reader's table, where there is a kernel to take it."""

import os
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import display

from tlhelpers.book.explorers.widget import is_static
from tlhelpers.table import TableError, guess_roles, read_table


class TableUpload:
    """A button for a file of the reader's own; until one is given, `path` is that of an example.

    Parameters
    ----------
    example : path
        The table that is there without a file of the reader's.
    target : str, optional
        Of the example; a file of the reader's is guessed, as `guess_roles` does.

    Attributes
    ----------
    path : pathlib.Path
        The table to read.
    message : str
        What the columns of the last file were taken for, or why it was refused.
    button : ipywidgets.FileUpload or None
        None in the book build, whose page has no kernel.
    """

    def __init__(self, example: str | os.PathLike, target: str | None = None) -> None:
        self.path = Path(example)
        self.message = self._describe(self.path, target)
        self.button: ipywidgets.FileUpload | None = None
        self._folder = tempfile.TemporaryDirectory()  # gone with this object
        self._received = 0
        if is_static():
            return
        self.button = ipywidgets.FileUpload(
            accept=".csv,.tsv,.txt,.xlsx,.parquet", multiple=False, description="Your table"
        )
        self._said = ipywidgets.HTML(self._html())
        self._box = ipywidgets.VBox([self.button, self._said])
        self.button.observe(self._take, "value")

    def receive(self, name: str, content: bytes) -> None:
        """Keep a file, and say what its columns are taken for; a refused one changes no path.

        Parameters
        ----------
        name : str
            Of the file, as the browser gives it.
        content : bytes
        """
        self._received += 1  # a refused file must not overwrite one of its name that is in use
        path = Path(self._folder.name, str(self._received), Path(name.replace("\\", "/")).name)
        path.parent.mkdir()
        path.write_bytes(content)
        try:
            self.message = self._describe(path)
            self.path = path
        except TableError as error:
            self.message = f"{path.name} is not used. {error}"
        if self.button is not None:
            self._said.value = self._html()

    def _describe(self, path: Path, target: str | None = None) -> str:
        frame = read_table(path)
        roles = guess_roles(frame, target=target)
        return f"{path.name}: {len(frame)} rows\n{roles.describe()}"

    def _take(self, change: dict) -> None:
        for name, content in _files(change["new"]):
            self.receive(name, content)

    def _html(self) -> str:
        return f'<pre style="white-space: pre-wrap">{escape(self.message)}</pre>'

    def _ipython_display_(self) -> None:
        if self.button is not None:
            display(self._box)
            return
        said = "In a running notebook a button stands here that takes your file. The example:"
        shown = f'<div class="tl-shown"><p>{said}</p>{self._html()}</div>'
        page = {"text/plain": self.message, "text/html": shown}
        display(page, raw=True)


def _files(value: Any) -> list[tuple[str, bytes]]:
    """Return names and contents of uploaded files, as ipywidgets 8 or 7 gives them."""
    if isinstance(value, Mapping):
        return [(name, bytes(file["content"])) for name, file in value.items()][-1:]
    return [(file["name"], bytes(file["content"])) for file in value]

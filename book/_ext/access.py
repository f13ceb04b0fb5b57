"""Sphinx extension: what the theme leaves out for readers who use no mouse, or no eyes."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag
from sphinx.application import Sphinx
from sphinx.config import Config

# A list may hold list items only, and the bibliography's entries are not; their role is deprecated.
ROLES = re.compile(r' role="list"(?= class="citation-list")| role="doc-biblioentry"')
FOLDED = re.compile(
    r'<details class="admonition hide above-input[^>]*>\s*<summary.*?</summary>.*?</pre>', re.DOTALL
)
RESULT = re.compile(
    r'<details class="admonition hide (?:below-input|above-output).*?</details>', re.DOTALL
)
# "-0.37 to -0.10" and "1.2 ± 0.3" stay in one line of a cell, where there is room.
RANGE = re.compile(r"[-+−]?\d[\d.,]*%? (?:to|±) [-+−]?\d[\d.,]*%?")
# "0.81 (+0.20 to +0.68)," too, where there is room: a phone may break it.
SCORE = re.compile(r"<td>(\d+\.\d+ \([^)<]*\),?)")
TABLE = re.compile(r'<table border="1" class="dataframe">.*?</table>', re.DOTALL)
CHECKSUM = re.compile(r"(?<=>)([0-9a-f]{32})([0-9a-f]{32})(?=<)")
WITH_TEXT = re.compile(r'<table class="dataframe">.*?</table>', re.DOTALL)
WHOLE = re.compile(rf"{RANGE.pattern}|no difference seen")
ANY = re.compile(r"<table.*?</table>", re.DOTALL)
KEY = '<p class="tl-key">† asked when other results were known.</p>'
FAILED = "✘"  # a check that a verdict did not pass
SEEN = re.compile(r"\b(better|worse)$")  # at the end of a cell: the eye shall find it
# The first column leads to the sections of the page.
CONTENTS = re.compile(
    r'<table class="table">(?:(?!</table>).)*?<td><p><a class="reference internal" href="#'
    r".*?</table>",
    re.DOTALL,
)
TIMES = re.compile(r"<table(?:(?!</table>).)*?Run Time \(s\).*?</table>", re.DOTALL)
WRITTEN = re.compile(r'<table class="table">.*?</table>', re.DOTALL)  # in Markdown
HYPHEN = re.compile(r"(?<![\w.])-(?=[\d.])")  # before a number: a minus
NUMBER = re.compile(r"[-+−±<>≤≥]?\s*[.\d]|NaN$|None$|$")
SHORT, SENTENCE, PARAGRAPH = 8, 30, 300  # characters
# The first words of a box say of what kind it is; those of a chapter stand in a strip.
BOXES = {"Guess first.": "tl-ask", "In short.": "tl-brief"}
BOXES |= dict.fromkeys(["The decision.", "On your table, now."], "tl-decide")
BOX = re.compile(rf"<blockquote>(\s*(?:<div>)?<p><strong>)({'|'.join(map(re.escape, BOXES))})")
STRIP = re.compile(r"<p>(<strong>(?:Objectives|Prerequisites)\.)")
# What is named in code breaks behind these signs, where it is too long for a line of a phone.
CODE = re.compile(r'(?<=<span class="pre">)[^<>\s]+(?=</span>)')
LONG = 24  # characters
JOINT = re.compile(r"(?<=..[_.(=/])(?=(?:&quot;|&#x27;|[\"'\[])*\w\w)")
# A signature of the package does so between its parts.
SIGNED = re.compile(
    r'<span class="sig-prename descclassname">(?:<span class="pre">[^<]*</span>)+</span>'
    r'|<span class="sig-paren">\(</span>|<span class="o"><span class="pre">=</span></span>'
)
EXPLORER = '<div class="tl-page">'
SKIP = '<a class="tl-skip" href="#explorer">Skip to the explorer</a>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("config-inited", find_files)
    app.connect("html-page-context", mend_body)
    app.add_css_file("book.css")
    app.add_css_file("kinds.css")
    app.add_js_file("book.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def find_files(app: Sphinx, config: Config) -> None:
    """Take our style sheet, and our templates before the theme's."""
    config.html_static_path.append(str(Path(app.srcdir, "book", "_static")))
    config.templates_path.append(str(Path(app.srcdir, "book", "_templates")))


def mend_body(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any) -> None:
    """Mend what the text of a page leaves out."""
    if "body" not in context:
        return
    body = ROLES.sub("", context["body"])
    body = FOLDED.sub(name_folded_code, body)
    body = RESULT.sub(name_folded_result, body)
    body = TABLE.sub(order_table, body)
    body = WITH_TEXT.sub(frame_table, body)
    body = CONTENTS.sub(name_cells, body)
    body = TIMES.sub(shorten_times, body)
    body = WRITTEN.sub(fit_to_phone, body)
    body = ANY.sub(explain_mark, body)
    body = CHECKSUM.sub(r"\1<wbr>\2", body)
    body = SIGNED.sub(r"\g<0><wbr>", CODE.sub(break_at_joints, body))
    body = BOX.sub(lambda box: f'<blockquote class="{BOXES[box[2]]}">{box[1]}{box[2]}', body)
    body = STRIP.sub(r'<p class="tl-strip">\1', body)
    if EXPLORER in body:
        body = SKIP + body.replace(EXPLORER, EXPLORER[:-1] + ' id="explorer" tabindex="-1">', 1)
    context["body"] = body


def break_at_joints(match: re.Match) -> str:
    """Let a long piece of code break between its words."""
    return JOINT.sub("<wbr>", match[0]) if len(unescape(match[0])) > LONG else match[0]


def name_folded_code(match: re.Match) -> str:
    """Say what is folded: a solution, or the code behind a result.

    The label of the summary would hide its words from a screen reader.
    """
    text = match[0].replace(' aria-label="Toggle hidden content"', "", 1)
    if "# Solution" in text:
        kind = "answer" if "Show the answer" in text else "solution"
        return re.sub("(Show|Hide) code cell (content|source)", rf"\1 the {kind}", text)
    # a name of the result, which the theme gives to its code too, is none of the code
    text = re.sub(
        r"(Show|Hide) (code cell (content|source)|the [^<]*)(?=</p>)", r"\1 the code", text
    )
    return text.replace('class="admonition hide ', 'class="tl-source admonition hide ', 1)


def name_folded_result(match: re.Match) -> str:
    """Say what is folded; a cell's own `code_prompt_show` says it better, and stays."""
    text = match[0].replace(' aria-label="Toggle hidden content"', "", 1)
    text = text.replace("hide above-output", "hide below-input", 1)  # its code shown or not: alike
    kinds = {"Show the answer": "answer", "<img": "figure", "<table": "table"}
    kind = next((kind for tag, kind in kinds.items() if tag in text), "numbers")
    return re.sub("(Show|Hide) code cell outputs?", rf"\1 the {kind}", text)


def order_table(match: re.Match) -> str:
    """Give a table of pandas one row of headers, whole intervals, scopes, and verdicts in bold."""
    text = SCORE.sub(r'<td><span class="tl-score">\1</span>', match[0])
    table = BeautifulSoup(text, "html.parser").table
    _keep_ranges(table)
    heads = table.thead.find_all("tr") if table.thead else []
    if len(heads) > 1:
        _join_heads(*heads[-2:])
    for head in table.select("thead th"):
        if head.get_text():
            head["scope"] = "colgroup" if head.get("colspan") else "col"
        else:  # an empty cell is no header
            head.name = "td"
    for head in table.select("tbody th"):
        head["scope"] = "rowgroup" if head.get("rowspan") else "row"
    _mark_texts(table)
    for cell in table.find_all("td", string=FAILED):
        cell["class"] = f"{cell.get('class', '')} tl-failed".strip()
    _mark_seen(table)
    for text in table.find_all(string=HYPHEN):
        text.replace_with(HYPHEN.sub("−", text))
    return str(table)


def frame_table(match: re.Match) -> str:
    """Let a table that stands among sentences scroll, and the sentences not."""
    table = BeautifulSoup(match[0], "html.parser").table
    _keep_ranges(table)
    return f'<div class="tl-scroll">{table}</div>'


def name_cells(match: re.Match) -> str:
    """Name in each cell of a table of contents its column: a phone shows a row as a card."""
    table = BeautifulSoup(match[0], "html.parser").table
    table["class"] = [*table["class"], "tl-contents", "tl-cards"]
    _name_columns(table)
    return str(table)


def _name_columns(table: Tag) -> None:
    """Name in each cell its column."""
    names = [" ".join(cell.get_text().split()) for cell in table.select("thead th")]
    for row in table.select("tbody tr"):
        for cell, name in zip(row.find_all("td"), names, strict=True):
            cell["data-head"] = name


def fit_to_phone(match: re.Match) -> str:
    """Mark the columns of a few characters, which need no room for words, and tables of much text.

    Of a table with two columns of sentences beside another one, or with paragraphs in its last, a
    phone shows each row as a card.
    """
    table = BeautifulSoup(match[0], "html.parser").table
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    longest = []
    for column in zip(*rows, strict=False):
        longest.append(max(len(cell.get_text(strip=True)) for cell in column))
        if longest[-1] <= SHORT:
            for cell in column:
                cell["class"] = [*cell.get("class", []), "tl-short"]
    for text in table.find_all(string=HYPHEN):
        if not text.find_parent("code"):
            text.replace_with(HYPHEN.sub("−", text))
    paragraphs = longest[-1] > PARAGRAPH or any(row[-1].br for row in rows)
    many = sum(length > SENTENCE for length in longest) > 1 or paragraphs
    if len(longest) > 2 and many:
        table["class"] = [*table["class"], "tl-cards"]
        _name_columns(table)
    return str(table)


def explain_mark(match: re.Match) -> str:
    """Say below a table what its mark means."""
    return match[0] + KEY if "†" in match[0] else match[0]


def shorten_times(match: re.Match) -> str:
    """Keep of the table of the build what a reader asks: the page, its seconds, whether it ran."""
    table = BeautifulSoup(match[0], "html.parser").table
    table["class"] = [*table.get("class", []), "tl-times"]
    names = [cell.get_text(strip=True) for cell in table.select("thead th")]
    for row in table.find_all("tr"):
        for cell, name in zip(row.find_all(["th", "td"]), names, strict=True):
            if name in ("Modified", "Method"):
                cell.decompose()
    return str(table)


def _keep_ranges(table: Tag) -> None:
    """Keep an interval in one line, and a verdict; a phone may break them."""
    for text in table.find_all(string=WHOLE):
        marked = WHOLE.sub(_mark_whole, escape(text))
        text.replace_with(BeautifulSoup(marked, "html.parser"))


def _mark_whole(match: re.Match) -> str:
    """Mark what stays in one line; where it does not, an interval breaks behind its "to"."""
    words = re.sub(" (to|±) ", "\u00a0\\1 ", match[0])
    return f'<span class="tl-whole">{words}</span>'


def _join_heads(columns: Tag, index: Tag) -> None:
    """Move the names of the index, which stand in a row of their own, above their columns."""
    above, below = columns.find_all("th"), index.find_all("th")
    names = [cell.get_text() for cell in below]
    n = max((i + 1 for i, name in enumerate(names) if name), default=0)
    bare = len(above) == len(below) and not any(cell.get_text() for cell in above[:n])
    if n and bare:
        for cell, name in zip(above, names[:n], strict=False):
            cell.string = name
        index.decompose()


def _mark_texts(table: Tag) -> None:
    """Mark the columns of words: of their cells that are not empty, fewer than half are numbers."""
    rows = [row.find_all("td") for row in table.select("tbody tr")]
    heads = table.select("thead tr:last-child > *")
    n_index = len(heads) - len(rows[0]) if rows else 0
    for head in heads[:n_index]:  # its columns are set as words are
        head["class"] = "tl-text"
    for *column, head in zip(*rows, heads[n_index:], strict=False):
        texts = [text for cell in column if (text := cell.get_text().strip())]
        if texts and sum(bool(NUMBER.match(text)) for text in texts) < len(texts) / 2:
            for cell in (*column, head):
                cell["class"] = "tl-text"


def _mark_seen(table: Tag) -> None:
    """Set the word of a difference that is seen in bold, in the colour that it has everywhere."""
    for cell in table.find_all("td"):
        for text in [*cell.find_all(string=True)][-1:]:
            if found := SEEN.search(text.rstrip()):
                bold = f'<strong class="tl-{found[1]}">{found[1]}</strong>'
                strong = BeautifulSoup(bold, "html.parser").strong
                text.replace_with(text[: found.start()], strong)

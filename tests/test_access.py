"""What the extension `access` does to the body of a page."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT, load_extension


@pytest.fixture(scope="module")
def access():
    return load_extension("access")


@pytest.fixture(scope="module")
def mend(access):
    def mend(body: str) -> str:
        context = {"body": body}
        access.mend_body(None, "page", "page.html", context, None)
        return context["body"]

    return mend


def folded(kind: str, what: str, inner: str) -> str:
    return (
        f'<details class="admonition hide {kind}">\n<summary aria-label="Toggle hidden content">\n'
        f'<p class="collapsed admonition-title">Show code cell {what}</p>\n'
        f'<p class="expanded admonition-title">Hide code cell {what}</p>\n</summary>\n'
        f"{inner}</details>"
    )


def test_code_solutions_and_results_are_named(mend):
    code = folded("above-input", "source", "<pre>x</pre>")
    result = folded("below-input", "output", '<img src="a.png">')
    solved = folded("above-input", "content", "<pre># Solution\nx</pre>")
    text = mend(code + result + solved)
    shown = ["Show the code", "Show the figure", "Show the solution"]
    assert [text.index(name) for name in shown] == sorted(text.index(name) for name in shown)
    assert "code cell" not in text and "aria-label" not in text
    assert text.count("tl-source") == 1, "a result is opened for print, code is not"


def test_the_name_of_a_result_is_not_given_to_its_code(mend):
    name = "Show the table: warm"
    code, result = (
        folded(kind, what, inner).replace(f"Show code cell {what}", name)
        for kind, what, inner in [
            ("above-input", "source", "<pre>'Show the table: warm'</pre>"),
            ("below-input", "output", "<table></table>"),
        ]
    )
    text = mend(code + result)
    assert text.count("Show the code<") == 1 and text.count(f"{name}<") == 1


def test_a_folded_result_says_what_it_is(mend):
    table, words = (folded("below-input", "outputs", f"<{tag}></{tag}>") for tag in ("table", "p"))
    own = words.replace("Show code cell outputs", "Show the table: warm")
    text = mend(table + words + own)
    shown = ["Show the table<", "Show the numbers<", "Show the table: warm<"]
    assert [text.index(name) for name in shown] == sorted(text.index(name) for name in shown)
    assert text.count("Hide the numbers<") == 2 and "code cell" not in text


def test_an_interval_stays_in_one_line(mend):
    head = '<table border="1" class="dataframe"><tbody><tr>'
    text = mend(f"{head}<td>1.26 (-0.37 to -0.10), better</td><td>1.2 ± 0.3</td></tr></table>")
    whole = re.findall(r'<span class="tl-whole">([^<]*)</span>', text)
    assert "−0.37\u00a0to −0.10" in whole and "1.2\u00a0± 0.3" in whole
    assert '<td><span class="tl-score">1.26 (<span class="tl-whole">−0.37' in text
    assert '−0.10</span>),</span> <strong class="tl-better">better</strong></td>' in text


def test_a_table_among_sentences_scrolls_alone(mend):
    text = mend('<p>a</p><table class="dataframe"><tr><td>1 to 2</td></tr></table><p>b</p>')
    assert text.startswith('<p>a</p><div class="tl-scroll"><table class="dataframe">')
    assert (
        text.endswith("</table></div><p>b</p>")
        and '<span class="tl-whole">1\u00a0to 2</span>' in text
    )


def test_a_verdict_stays_whole_in_a_table(mend):
    head = '<table border="1" class="dataframe"><tbody><tr>'
    words = "no difference seen"
    text = mend(f"{head}<td>{words}</td><td>+0.1, {words}</td></tr></table><p>{words}</p>")
    assert text.count(f'<span class="tl-whole">{words}</span>') == 2 and f"<p>{words}</p>" in text


def test_the_word_of_a_difference_seen_is_bold(mend):
    head = '<table border="1" class="dataframe"><tbody><tr>'
    cells = ["1.26 (-0.37 to -0.10), better", "worse", "no difference seen", "better than 1", "3"]
    text = mend(head + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></tbody></table>")
    assert '−0.10</span>),</span> <strong class="tl-better">better</strong></td>' in text
    assert '<strong class="tl-worse">worse</strong></td>' in text and text.count("<strong") == 2
    assert mend("<p>It is better</p>") == "<p>It is better</p>"


def test_a_table_of_contents_names_its_cells(mend):
    rows = (
        f"<tr><td><p>{first}</p></td><td><p>B</p></td></tr>"
        for first in ('<a class="reference internal" href="#here">A</a>', "A")
    )
    head = "<thead><tr><th><p>your table</p></th><th><p>try</p></th></tr></thead>"
    links, plain = (f'<table class="table">{head}<tbody>{row}</tbody></table>' for row in rows)
    text = mend(plain + links)
    assert "tl-contents" not in text.partition("</table>")[0] and text.count("tl-contents") == 1
    assert text.count('data-head="your table"') == text.count('data-head="try"') == 1


def test_the_description_of_an_image_stands_in_one_line():
    """MyST drops a line break in it, and the two words grow together."""
    broken = re.compile(r"!\[[^\]]*\n[^\]]*\]\(")
    assert broken.search("![nearly full, the\ncolumns](a.png)")
    pages = [*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*.md")]
    assert [page.name for page in pages if broken.search(page.read_text("utf8"))] == []


def test_a_negative_number_has_a_minus(mend):
    cells = "<tr><td>-0.25</td><td>2-5</td><td>0.1 (-0.2 to 0.3)</td></tr>"
    page = f'<table border="1" class="dataframe"><tbody>{cells}</tbody></table>'
    assert ">−0.25<" in mend(page) and ">2-5<" in mend(page) and ">−0.2\u00a0to 0.3<" in mend(page)


def test_a_column_of_a_few_characters_is_marked(mend):
    page = (
        '<table class="table"><tr><th>saves</th><th>cut</th></tr>'
        "<tr><td>5</td><td>a whole section</td></tr></table>"
    )
    assert re.findall(r'class="tl-short">(\w+)<', mend(page)) == ["saves", "5"]


def test_a_table_of_sentences_names_its_cells(mend):
    words = "a sentence that is too long for a column"
    rows = {
        (words,) * 2: 0,
        ("a name", "5", words): 0,
        ("a name", words, words): 3,
        (words,) * 3: 3,
        ("9:00", "5", 8 * words): 3,
        ("9:00", "5", "Show it.<br>Say it."): 3,
    }
    for row, cards in rows.items():
        head = "<th>what <code>check</code> says</th>" * len(row)
        cells = "".join(f"<td>{cell}</td>" for cell in row)
        table = f"<thead><tr>{head}</tr></thead><tbody><tr>{cells}</tr></tbody>"
        text = mend(f'<table class="table">{table}</table>')
        assert text.count('data-head="what check says"') == text.count("data-head") == cards
        assert ("tl-cards" in text) == bool(cards)


def test_the_table_of_times_keeps_what_is_asked(mend):
    names = ["Document", "Modified", "Method", "Run Time (s)", "Status"]
    head = "".join(f"<th><p>{name}</p></th>" for name in names)
    row = "".join(f"<td><p>{cell}</p></td>" for cell in ["01", "2026", "cache", "3.1", "yes"])
    other = "<table><tr><td>Method</td></tr></table>"
    text = mend(
        f"{other}<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    )
    assert text.startswith(other) and "cache" not in text and "Modified" not in text
    assert all(kept in text for kept in ("01", "3.1", "yes", "Run Time (s)"))


def test_a_checksum_may_break_in_the_middle(mend):
    digest = "0123456789abcdef" * 4
    assert mend(f"<td>{digest}</td>") == f"<td>{digest[:32]}<wbr>{digest[32:]}</td>"


def test_a_negative_number_has_a_minus_in_a_written_table_too(mend):
    cells = "<tr><td><p>-0.25</p></td><td><p><code>-x 1 -2</code></p></td></tr>"
    text = mend(f'<table class="table"><tbody>{cells}</tbody></table>')
    assert ">−0.25<" in text and ">-x 1 -2<" in text


def test_a_result_folded_below_nothing_is_named_too(mend):
    shown = "Show the table: all</p><p>Hide code cell outputs"
    text = mend(f'<details class="admonition hide above-output">{shown}<table></table></details>')
    assert "Hide the table" in text and "code cell" not in text
    assert 'class="admonition hide below-input"' in text  # as where its code is shown


def test_a_box_has_the_class_of_its_first_words_and_the_head_of_a_chapter_is_a_strip(mend):
    kinds = {"Guess first.": "ask", "In short.": "brief", "The decision.": "decide"}
    for words, kind in kinds.items():
        box = f"<blockquote>\n<div><p><strong>{words}</strong> Which?</p></div></blockquote>"
        assert mend(box).startswith(f'<blockquote class="tl-{kind}">\n<div><p><strong>{words}')
    quoted = "<blockquote>\n<div><p>Guess first.</p></div></blockquote>"
    assert mend(quoted) == quoted
    head = "<p><strong>Objectives.</strong> Turn.</p><p><strong>Objective</strong></p>"
    assert mend(head).count('class="tl-strip"') == 1


def test_a_solution_that_is_an_answer_closes_as_one(mend):
    solved = folded("above-input", "content", "<pre># Solution\nx</pre>")
    text = mend(solved.replace("Show code cell content", "Show the answer: a page"))
    assert "Show the answer: a page<" in text and "Hide the answer<" in text


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("compare_architectures", "compare_architectures"),  # fits a line
        ("tl.compare_architectures(table)", "tl.<wbr>compare_<wbr>architectures(<wbr>table)"),
        ("rng.permutation(held_out[&quot;a_1&quot;])", "rng.<wbr>permutation(<wbr>held_<wbr>out["),
        ("transferfunctionofforests", "transferfunctionofforests"),  # no joint
    ],
)
def test_long_code_breaks_between_its_words(mend, code, shown):
    text = mend(f'<code><span class="pre">{code}</span></code>')
    assert text.startswith(f'<code><span class="pre">{shown}')


def test_a_signature_breaks_between_its_parts(mend):
    name = '<span class="sig-prename descclassname"><span class="pre">tlhelpers.</span></span>'
    rest = 'f<span class="sig-paren">(</span>n<span class="o"><span class="pre">=</span></span>1'
    mended = mend(name + rest)
    assert mended.count("<wbr>") == 3 and mended.replace("<wbr>", "") == name + rest

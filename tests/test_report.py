"""The report stands alone, in order, read aloud, on a phone; and what is written is safe."""

import ast
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_predict
from test_table_comparison import make

from tlhelpers import MultiTaskForest, StackedForest, compare_architectures
from tlhelpers.book.figures.style import INK, STYLES
from tlhelpers.evaluation import split_table, usual_rivals
from tlhelpers.table import palette, predict_table, report, write_predictions
from tlhelpers.table.figures import draw_all
from tlhelpers.table.purchases import check_projection
from tlhelpers.table.report import digest, render

TARGET = r'<b>gap & $\frac$ "id="x" fill: #0072b2'
RELATED = "z<script>alert(1)</script>"
FINDING = SimpleNamespace(level="warning", topic="<u>units", message="a <b> c", place="row <x>")
VOID = {"meta", "br", "link", "img", "input", "hr"}


def odd_table():
    """Return a table whose names would break a page, a figure or a spreadsheet."""
    X, Y = make(n=80, n_labels=60, n_related=70)
    X.columns = ["<i>$x^{2$", "&amp;", "x" * 80, "\N{GREEK SMALL LETTER ALPHA}\n\x07", "'\"><svg>"]
    Y.columns = [TARGET, RELATED]
    Y.index = X.index = [f"=m{i}<p>" for i in range(80)]
    return X, Y


@pytest.fixture(scope="module")
def found():
    X, Y = odd_table()
    options = {"n_repeats": 2, "n_estimators": 15, "n_jobs": 2, "progress": False}
    return compare_architectures(X, Y, TARGET, **options)


@pytest.fixture(scope="module")
def page(found):
    return render(found, [FINDING])


class Reader(HTMLParser):
    """What stands in a page: tags in order, and the text; a tag that is not closed is an error."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_is_whole_and_loads_nothing(page):
    reader = Reader(page)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "b", "i", "u", "x"}
    for _, attributes in reader.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href"):
                assert value.startswith("#")
    assert not re.search(r"@import|url\((?!#)", page)
    assert "http" not in page


def test_the_verdict_comes_first(page, found):
    reader = Reader(page)
    body = reader.text[reader.text.index("Which model for", 200) :]
    places = [body.index(said.sentence) for said in found.recommendations.values()]
    assert places == sorted(places) and places[0] < body.index("The models")
    order = ["The models", "Which labels to buy", "What to measure next", "Do the intervals hold?"]
    order += ["What was learned", "The table"]
    assert [body.index(f"\n{title}\n") for title in order] == sorted(
        body.index(f"\n{title}\n") for title in order
    )


def test_words_are_explained_where_they_are_first_used(page):
    text = Reader(page).text
    body = text[text.index("Which model for", 200) :]
    for word, meaning in {
        "RMSE": "root mean square error",
        "warm": "warm setting: a row to predict comes with the related labels that it has",
        "fold": "parts, called folds. Each fold was held out once, while the models learned",
    }.items():
        first, told = body.lower().index(word.lower()), body.index(meaning)
        assert abs(told - first) < 90, word


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "head", "words"),
    [("gap (eV)", "RMSE (eV)", " eV (difference"), ("gap", "RMSE", ", in the unit of 'gap' (")],
)
def test_an_error_has_its_unit(name, head, words):
    X, Y = make()
    Y.columns = [name, "z"]
    quick = {"n_repeats": 2, "n_estimators": 5, "max_seconds": 0.1, "progress": False}
    found = compare_architectures(X, Y, name, **quick)
    assert words in found.recommendation
    for shown in (render(found), found._repr_html_()):
        assert f'<th scope="col">{head}</th>' in shown
        assert ("Scores are of RMSE, in the unit of" in shown) == (head == "RMSE")
        assert shown.count("root mean square error") == 1 and "the smaller the better" in shown
    assert f"{head} of each model minus" in render(found)


@pytest.mark.once
@pytest.mark.parametrize(("p", "told"), [(0.0344, "0.034"), (0.001, "0.001"), (0.0009, "< 0.001")])
def test_a_p_value_is_told_to_a_thousandth(found, p, told):
    page = render(replace(found, verdicts=found.verdicts.assign(p_adjusted=p)))
    cells = [unescape(cell) for cell in re.findall("<td>([^<]*)</td>", page)]
    assert cells.count(told) == len(found.verdicts)


@pytest.mark.once
def test_purchases_without_a_gain_are_said_apart(found):
    bought = pd.DataFrame({
        "setting": "warm", "label": ["y", "z", "w"], "rows": "any", "model": "stack",
        "labels_now": 60, "buy": [60, 5, 9], "error_now": 2.0, "error_then": [1.5, 2.0, 2.1],
        "gain": [0.25, -1e-5, -0.05], "low": [0.1, -2e-4, -0.2], "high": [0.4, 1e-4, 0.1],
        "verdict": ["gain", "no gain seen", "no gain seen"],
    })  # fmt: skip
    text = Reader(render(replace(found, labels_to_buy=bought))).text
    assert "25.0% (10.0% to 40.0%)" in text and "60 + 60" in text
    said = "No gain is seen from 5 more of z (warm setting, any rows: 0.0% (0.0% to 0.0%)); 9 more "
    assert said in " ".join(text.split()) and "9 more of w" in text and "-5.0%" in text
    none = Reader(render(replace(found, labels_to_buy=bought[1:]))).text
    assert "Further labels from which" not in none and "No gain is seen from" in none


@pytest.mark.once
def test_a_projection_is_tried_on_the_curve_itself(found):
    own = found.curve.query("setting == 'warm' and model == 'single-task'")
    made = own.assign(rmse=3 * own["size"] ** -0.5)
    size, projected, seen = check_projection(made, "rmse")
    assert size == own["size"].max()
    assert projected == pytest.approx(seen) == pytest.approx(3 * size**-0.5)
    text = Reader(render(found)).text
    assert "Tried on the curve itself" in text and f"the error with {size} labels would be" in text
    for setting, said in found.recommendations.items():
        own = found.curve.query("setting == @setting and model == @said.model")
        size, projected, seen = check_projection(own, "rmse")
        told = f"{size} labels would be {projected:.3g}; it was {seen:.3g}."
        assert f"({setting} setting, {said.model}): projected from its smaller sizes, the " in text
        assert told in text
    assert check_projection(made[made["size"] > made["size"].min()], "rmse") is None


def test_the_committed_report_is_of_this_style():
    """Made anew by ``python experiments/entropies.py`` where the sources of the page changed."""
    kept = (ROOT / "book" / "entropy_report.html").read_text("utf8")
    assert re.search(r'<meta name="report-style" content="(\w+)">', kept)[1] == digest()


def imported_by(name):
    """Return the modules of the table wing that one of them imports."""
    tree = ast.parse((Path(report.__file__).parent / name).read_text("utf8"))
    froms = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    parts = [module.split(".") for module in froms if module.startswith("tlhelpers.table.")]
    return {f"{last}.py" for *_, last in parts}


def test_a_full_marker_of_the_report_is_a_difference_seen(found):
    own = (found.verdicts["setting"] == next(iter(found.recommendations))).sum()
    for verdict, hollow in (("better", 0), ("worse", 0), ("no difference seen", own)):
        told = replace(found, verdicts=found.verdicts.assign(verdict=verdict))
        svg = draw_all(told)["models0"][1]
        assert len(re.findall(r"<use [^>]*fill-opacity: 0; stroke: var\(", svg)) == hollow
        assert svg.count(f", {verdict}") >= own  # read aloud, too


def test_the_digest_is_of_all_that_makes_text_or_figures():
    made = imported_by("report.py") | imported_by("figures.py")
    made -= {"outcome.py", "checks.py", "candidates.py"}  # they give types and names of models
    assert {"report.html.j2", "report.py"} | made == set(report._SOURCES)


def test_the_digest_is_of_what_makes_the_page(monkeypatch, tmp_path):
    for name in report._SOURCES:
        (tmp_path / name).write_bytes((Path(report.__file__).parent / name).read_bytes())
    monkeypatch.setattr(report, "__file__", str(tmp_path / "report.py"))
    same = digest()
    (tmp_path / "report.html.j2").write_text("another page")
    monkeypatch.undo()
    assert digest() == same
    monkeypatch.setattr(report, "__file__", str(tmp_path / "report.py"))
    assert digest() != same


@pytest.mark.once
def test_the_report_says_what_it_was_made_from(found):
    text = Reader(render(found, [FINDING], "gaps.xlsx, sheet data (88 rows; seed 0)")).text
    assert f"with tlhelpers {version('tlhelpers')} from gaps.xlsx, sheet data (88 rows; " in text
    assert f"with tlhelpers {version('tlhelpers')}." in Reader(render(found)).text


def test_names_stand_as_they_are(page):
    text = Reader(page).text
    for name in (TARGET, RELATED, "=m", FINDING.topic, FINDING.message, FINDING.place):
        assert name in text


@pytest.mark.once
def test_of_many_rows_a_figure_shows_every_so_many(found):
    """And of the model that is recommended: the choice in each fold, or the baseline."""
    many = pd.DataFrame({"row": [f"r{i}" for i in range(1001)], "truth": np.arange(1001.0)})
    for model, seen in (("stack", "picked"), ("single-task", "single-task")):
        advised = {key: replace(r, model=model) for key, r in found.recommendations.items()}
        for n, shown in ((1001, 334), (500, 500)):
            rows = pd.concat([
                many[:n].assign(setting=key, model=m, prediction=sign * many["truth"])
                for key in advised
                for m, sign in {"single-task": -1, "picked": -1, seen: 1}.items()
            ])  # fmt: skip
            page = render(replace(found, recommendations=advised, predictions=rows))
            assert f"{shown} rows, correlation 1.00" in page and "correlation -1.00" not in page


def test_figures_are_read_aloud_and_have_ids_of_their_own(page, found):
    svgs = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(svgs) == 3 * len(found.recommendations) + 1
    ids: list[str] = []
    for svg in svgs:
        root = ElementTree.fromstring(svg)  # a broken name would be a parse error
        assert root.get("role") == "img" and len(root.get("aria-label")) > 40
        assert root[0].tag.endswith("title") and root[0].text == root.get("aria-label")
        own = [element.get("id") for element in root.iter() if element.get("id")]
        used = set(re.findall(r"url\(#([^)]*)\)|href=\"#([^\"]*)\"", svg))
        assert {a or b for a, b in used} <= set(own)
        ids += own
    assert len(ids) == len(set(ids)) > 50
    assert "".join(svgs).count("<text") > 30  # text stays text


def test_colours_are_those_of_the_style_sheet(page):
    svgs = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    drawn = re.sub(r'<title>.*?</title>|aria-label="[^"]*"|>[^<]*<', "", svgs)
    assert not re.findall("|".join(look.color for look in palette.LOOKS.values()), drawn)
    assert "var(--single-task)" in drawn and "currentColor" in drawn
    assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_the_same_comparison_gives_the_same_bytes(found, page, tmp_path):
    for name in ("a.html", "b.html"):
        found.write_html(tmp_path / name, [FINDING])
    first = (tmp_path / "a.html").read_bytes()
    assert first == (tmp_path / "b.html").read_bytes() == page.encode()
    dates = re.findall(r"\d{4}-\d\d-\d\d", page)
    assert dates == [found.made]


def test_the_report_says_how_to_read_the_verdict_of_equal_weights(found, page):
    said = "the choice favours the stack: judge equal weights by their verdict."
    assert said in Reader(page).text
    rest = found.verdicts.query("model != 'equal weights'")
    assert said not in Reader(render(replace(found, verdicts=rest))).text


def test_a_notebook_shows_a_summary(found):
    reader = Reader(found._repr_html_())
    assert found.recommendation in reader.text
    assert "script" not in {tag for tag, _ in reader.tags}


def test_a_report_without_a_comparison():
    X, Y = make(n_labels=7)
    page = render(compare_architectures(X, Y, "y", progress=False))
    assert "Cannot tell" in page and "No comparison was made" in page and "<svg" not in page
    Reader(page)


def test_classes_have_a_report_too():
    X, Y = make(noise=0.02)
    table = Y.assign(y=np.where(Y["z"] > 1.2, "high", "low"))
    found = compare_architectures(X, table, "y", n_repeats=2, n_estimators=10, progress=False)
    assert "accuracy" in render(found)


def test_models_look_as_in_the_book():
    assert STYLES.keys() == palette.LOOKS.keys()
    for name, look in palette.LOOKS.items():
        style = STYLES[name]
        assert (look.color, look.marker, look.dash) == (style.color, style.marker, style.dash)
    assert palette.INK == INK
    assert palette.look_of("difference (PBE)") is palette.LOOKS["difference"]
    assert palette.look_of("mine") is palette.RIVAL


@pytest.mark.parametrize("look", [*palette.LOOKS.values(), palette.RIVAL])
def test_marks_stand_out_from_either_page(look):
    def luminance(color):
        rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    assert 1.05 / (luminance(look.color) + 0.05) > 2.5
    assert (luminance(look.dark) + 0.05) / (luminance("#161616") + 0.05) > 2.5


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_in_a_browser(browser, found, tmp_path, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    found.write_html(tmp_path / "report.html", [FINDING])
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=True
    )
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert asked == [(tmp_path / "report.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = """[...document.querySelectorAll('.caption, .box')].filter(part => {
        const room = part.clientWidth, style = getComputedStyle(part).overflowX;
        return part.getBoundingClientRect().right > innerWidth
            || (part.scrollWidth > room && style !== 'auto')
            || (part.scrollWidth > room && innerWidth > 1000)
    }).length"""
    assert page.evaluate(cut) == 0
    shade = "getComputedStyle(document.querySelector('.box')).backgroundImage"
    assert page.evaluate(shade).count("gradient") == 4  # that a table scrolls is seen
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
    context.close()


@pytest.mark.full
def test_the_wheel_holds_the_templates(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert {f"tlhelpers/table/{n}.html.j2" for n in ("report", "summary")} <= set(names)


# ---- Predictions


def own_table(X, Y, groups=None):
    return SimpleNamespace(X=X, Y=Y, target=Y.columns[0], groups=groups)


def test_the_holes_of_a_table_are_filled():
    X, Y = make(n_related=85)
    found = predict_table("stack", own_table(X, Y), n_estimators=20)
    assert list(found.index) == list(Y.index[60:])
    model = StackedForest("y", n_estimators=20, random_state=0).fit(X, Y)
    expected = model.predict(X[60:], known=Y.loc[Y.index[60:], ["z"]])
    np.testing.assert_allclose(found["prediction"], expected)
    inside = found.dropna()
    assert (inside["low"] < inside["prediction"]).all()
    assert (inside["prediction"] < inside["high"]).all()


@pytest.mark.parametrize("name", ["single-task", "multi-task", "difference", "stack"])
def test_known_labels_of_new_rows_train_and_are_told(name):
    X, Y = make()
    new = own_table(X[75:], Y[75:].assign(y=[np.nan] * 15))
    found = predict_table(name, own_table(X[:75], Y[:75]), new, n_estimators=20)
    split = split_table(X, Y, np.arange(90), ["y"], np.arange(75, 90), "warm")
    from tlhelpers.table.candidates import find_candidates

    model = find_candidates(Y, "y", n_estimators=20, random_state=0)[name]
    expected = split.ask(model.fit(split.X_train, split.Y_train))
    np.testing.assert_allclose(found["prediction"], expected)


def test_new_rows_keep_their_groups_in_training():
    """A group of the new rows is that of the table where the names are equal."""
    X, Y = make()
    groups = np.repeat(np.arange(45), 2)  # rows 74 and 75 are one group
    new = own_table(X[75:], Y[75:].assign(y=np.nan), groups[75:])
    table = own_table(X[:75], Y[:75], groups[:75])
    found = predict_table("multi-task", table, new, n_estimators=20)
    split = split_table(X, Y, np.arange(90), ["y"], np.arange(75, 90), "warm")
    model = MultiTaskForest("y", n_estimators=20, random_state=0)
    model.fit(split.X_train, split.Y_train, groups=groups)
    np.testing.assert_allclose(found["prediction"], split.ask(model))


def test_new_rows_without_groups_are_groups_of_their_own():
    X, Y = make()
    groups = np.repeat(np.arange(45), 2)
    new = own_table(X[75:], Y[75:].assign(y=np.nan))
    table = own_table(X[:75], Y[:75], groups[:75])
    found = predict_table("multi-task", table, new, n_estimators=20)
    split = split_table(X, Y, np.arange(90), ["y"], np.arange(75, 90), "warm")
    model = MultiTaskForest("y", n_estimators=20, random_state=0)
    apart = np.append(groups[:75], np.arange(100, 115))
    model.fit(split.X_train, split.Y_train, groups=apart)
    np.testing.assert_allclose(found["prediction"], split.ask(model))


def test_new_rows_without_related_labels():
    X, Y = make()
    new = own_table(X[80:], Y[80:] * np.nan)
    found = predict_table("latent variable", own_table(X[:80], Y[:80]), new, n_estimators=20)
    assert list(found.index) == list(X.index[80:]) and found["prediction"].notna().all()


def test_a_usual_mixture_predicts_what_its_estimator_does():
    """Without the related labels, and with them; the folds of both are those of scikit-learn."""
    X, Y = make()
    table, rivals = own_table(X, Y), usual_rivals(n_estimators=10)
    holes, labelled = Y["y"].isna(), Y["y"].notna()
    blind, told, *_ = rivals
    found = predict_table(blind, table, rivals=rivals)
    alone = clone(rivals[blind])
    unset = [n for n, value in alone.get_params().items() if n.endswith("random_state")]
    alone.set_params(**dict.fromkeys(unset, 0)).fit(X[labelled], Y.loc[labelled, "y"])
    np.testing.assert_allclose(found["prediction"], alone.predict(X[holes]))
    read = predict_table(told, table, rivals=rivals)
    assert not np.allclose(read["prediction"], found["prediction"])
    shuffled = own_table(X, Y.assign(z=Y["z"].sample(frac=1, random_state=0).to_numpy()))
    assert not np.allclose(
        read["prediction"], predict_table(told, shuffled, rivals=rivals)["prediction"]
    )
    assert list(found.index) == list(X.index[holes])
    folds, known = GroupKFold(10), Y.loc[labelled, "y"]
    guess = cross_val_predict(alone, X[labelled], known, groups=np.arange(60), cv=folds)
    half = np.sort(np.abs(guess - known))[int(np.ceil(0.9 * 61)) - 1]
    np.testing.assert_allclose(found["high"] - found["prediction"], half)
    np.testing.assert_allclose(found["prediction"] - found["low"], half)


@pytest.mark.parametrize("name", ["the learned slope forest", "learned slope forest"])
def test_a_model_may_be_named_as_the_answer_names_it(name: str):
    X, Y = make()
    named = predict_table(name, own_table(X, Y), n_estimators=5)
    pd.testing.assert_frame_equal(
        named, predict_table("learned slope", own_table(X, Y), n_estimators=5)
    )


def test_a_prediction_that_cannot_be_made_says_why():
    X, Y = make()
    with pytest.raises(ValueError, match=r"'ridge' does not apply to this table.*among the rivals"):
        predict_table("ridge", own_table(X, Y))
    with pytest.raises(ValueError, match="nothing to predict: the table has a label in every row"):
        predict_table("stack", own_table(X[:60], Y[:60]))
    with pytest.raises(ValueError, match="no feature 'x2'"):
        predict_table("stack", own_table(X, Y), own_table(X.drop(columns="x2"), Y))


EXECUTED = ["=1+1", "+1", "-1", "@SUM(A1)", "\tcmd", "\r=1", "\n=1"]


def test_no_spreadsheet_executes_what_is_written(tmp_path):
    rows = [*EXECUTED, "'quoted", "plain", "a=b", ""]
    frame = pd.DataFrame(
        {"=value": np.linspace(-5, 5, len(rows)), "class": rows, "n": range(-5, len(rows) - 5)},
        index=pd.Index(rows, name="@row"),
    )
    write_predictions(frame, tmp_path / "p.csv")
    raw = pd.read_csv(tmp_path / "p.csv", dtype=str, keep_default_na=False)
    for column in ("class", "'@row"):
        assert not raw[column].str.startswith(tuple("=+-@\t\r\n")).any()
        restored = raw[column].map(lambda cell: cell[1:] if cell.startswith("'") else cell)
        assert restored.tolist() == rows  # as the docstring says
    assert list(raw.columns) == ["'@row", "'=value", "class", "n"]
    assert raw["'=value"].astype(float).tolist() == frame["=value"].tolist()
    assert raw["n"].tolist() == [str(n) for n in frame["n"]]  # "-5" stays a number
    assert not frame.index[0].startswith("'")  # the caller's table is left alone


def test_numbers_among_texts_are_left_alone(tmp_path):
    frame = pd.DataFrame({"mixed": [-1.5, "-1.5", None]}, index=[1, 2, 3])
    write_predictions(frame, tmp_path / "p.csv")
    lines = (tmp_path / "p.csv").read_text("utf-8-sig").splitlines()
    assert lines == ["row,mixed", "1,-1.5", "2,'-1.5", "3,"]


def test_a_related_class_of_new_rows_trains_and_is_told():
    X, Y = make()
    Y["c"] = np.where(Y["z"] > Y["z"].median(), "high", "low").astype(object)
    new = own_table(X[75:], Y[75:].assign(y=np.nan))
    found = predict_table("multi-task", own_table(X[:75], Y[:75]), new, n_estimators=20)
    whole = MultiTaskForest("y", n_estimators=20, random_state=0)
    joined = Y.assign(y=Y["y"].where(np.arange(90) < 75))
    np.testing.assert_allclose(found["prediction"], whole.fit(X, joined).predict(X[75:]))


def test_figures_of_many_rows_and_of_a_setting_without_a_curve(found):
    rows = found.predictions
    many = pd.concat(
        [rows.assign(row=rows["row"].map(lambda r, i=i: f"{i} {r}")) for i in range(9)]
    )
    figures = draw_all(replace(found, predictions=many))
    n = len(many["row"].unique())
    shown = len(range(0, n, -(-n // 500)))
    svg = next(svg for _, svg in figures.values() if "Held-out predictions" in svg)
    assert 250 <= shown <= 500 < n and f": {shown} rows, correlation" in svg
    assert "Learning curve" in "".join(svg for _, svg in figures.values())
    elsewhere = draw_all(replace(found, curve=found.curve.assign(setting="elsewhere")))
    assert "Learning curve" not in "".join(svg for _, svg in elsewhere.values())


def test_a_comparison_says_what_it_is_and_refuses_labels_of_other_rows(found):
    assert repr(found) == f"Comparison({TARGET!r}): {found.recommendation}"
    X, Y = odd_table()
    with pytest.raises(ValueError, match="the index of known is not that of X"):
        found.predict(X, known=Y[[RELATED]][::-1])

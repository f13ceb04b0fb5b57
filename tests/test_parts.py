"""A part of an experiment is kept as long as the code that it came from."""

import pandas as pd
import parts
import pytest


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Give the experiments a small repository of their own, and count what is computed."""
    for name in ("tlhelpers/forests/a.py", "tlhelpers/book/figures/b.py", "data/t.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    monkeypatch.setattr(parts, "PARTS", tmp_path / ".results")
    monkeypatch.setattr(parts, "DRAWING", [tmp_path / "tlhelpers/book/figures"])
    return []


def run(asked, name="curve_0.5"):
    """Ask for one part as a new process would."""
    parts.digest.cache_clear()
    return parts.part(name, lambda: asked.append(name) or pd.DataFrame({"n": [len(asked)]}))


def kept():
    return sorted(path.parent.name for path in parts.PARTS.glob("*/*"))


def test_the_same_code_reuses(asked):
    assert run(asked).equals(run(asked)) and len(asked) == 1
    run(asked, "curve_0.6")
    assert asked == ["curve_0.5", "curve_0.6"] == kept()


@pytest.mark.parametrize("name", ["tlhelpers/forests/a.py", "data/t.csv", "tlhelpers/new.py"])
def test_changed_code_or_data_computes_anew_and_removes_the_old(asked, name):
    run(asked)
    (parts.ROOT / name).write_text("2")
    assert run(asked)["n"].item() == 2 and kept() == ["curve_0.5"]


def test_another_version_of_numpy_computes_anew(asked, monkeypatch):
    run(asked)
    monkeypatch.setattr(parts.importlib.metadata, "version", lambda name: "0")
    assert run(asked)["n"].item() == 2


def test_the_file_of_the_experiment_counts(asked, tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("1")
    other.write_text("2")
    assert parts.digest(one) != parts.digest(other)


def test_a_changed_figure_reuses(asked):
    run(asked)
    (parts.ROOT / "tlhelpers/book/figures/b.py").write_text("2")
    run(asked)
    assert len(asked) == 1


def test_a_killed_run_goes_on(asked, monkeypatch):
    def killed(table, path):
        path.write_text("half")
        raise KeyboardInterrupt

    run(asked, "first")
    with monkeypatch.context() as patch:
        patch.setattr(pd.DataFrame, "to_pickle", killed)
        with pytest.raises(KeyboardInterrupt):
            run(asked, "second")
    assert run(asked, "first")["n"].item() == 1
    assert run(asked, "second")["n"].item() == 3
    assert kept() == ["first", "second"]


def test_the_digest_covers_the_package():
    names = {path.relative_to(parts.ROOT).as_posix() for path in parts.sources(parts.ROOT / "e.py")}
    assert {"tlhelpers/forests/_engine/kernels.py", "tlhelpers/book/lab.py"} <= names
    assert {"data/no_dissociation.csv", "experiments/parts.py", "e.py"} <= names
    assert not any("/explorers/" in name or "/figures/" in name for name in names)

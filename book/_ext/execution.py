"""Sphinx extension: pages are executed several at once, and only when something has changed.

By itself the build executes one page after the other, and again only when the page has changed.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.cache.db import NbCacheRecord, NbProjectRecord
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.application import Sphinx
from sphinx.config import Config

SOURCES = ("tlhelpers", "data", "requirements.txt")  # what the outputs of a page depend on
SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
READER = {"name": "myst_nb_md", "type": "plugin"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension, after those that set what the kernels inherit."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a page a core: more threads wait for each other
    app.parallel = os.cpu_count() or 1
    app.connect("config-inited", vouch_for_silent_extensions)
    app.connect("config-inited", key_cache_by_sources)
    app.connect("builder-inited", execute_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def vouch_for_silent_extensions(app: Sphinx, config: Config) -> None:
    """Read pages several at once, though two extensions of Jupyter Book do not say that one may.

    One numbers the contents when all pages are read, the other writes LaTeX.
    """
    for name in SILENT:
        app.extensions[name].parallel_read_safe = True


def key_cache_by_sources(app: Sphinx, config: Config) -> None:
    """Execute the pages anew when the package or the data changed.

    The cache path is part of the configuration, so Sphinx then reads every page again as well.
    """
    root = Path(app.srcdir)
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted([root / source, *(root / source).rglob("*")]):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / digest.hexdigest()[:12]
    config.nb_execution_cache_path = str(current)
    for stale in caches.iterdir() if caches.is_dir() else ():
        if stale != current:
            shutil.rmtree(stale)


def drop_damaged(cache: JupyterCacheBase) -> None:
    """Forget what cannot be read, such as a file that was cut off by a full disk."""
    for record in cache.list_cache_records():
        try:
            cache.get_cache_bundle(record.pk)
        except ValueError:  # no JSON
            cache.remove_cache(record.pk)
        except KeyError:  # no file
            NbCacheRecord.remove_records([record.pk], cache.db)


def execute_pages(app: Sphinx) -> None:
    """Put what the pages print into the cache.

    A page that fails is not kept: the build then executes it once more, and says what failed.
    """
    where = app.config.nb_execution_cache_path
    cache = get_cache(where)
    drop_damaged(cache)
    for folder in ("notebooks", "book"):  # long pages first, so that no core waits for the last
        for page in sorted(Path(app.srcdir, folder).glob("*.md"), reverse=True):
            if is_myst_markdown_notebook(page.read_text("utf8")):
                cache.add_nb_to_project(str(page), read_data=READER)
    logger = logging.getLogger(__name__)
    logger.setLevel(logging.INFO)  # a line a page

    def execute(page: NbProjectRecord) -> None:
        executor = load_executor("local-serial", get_cache(where), logger=logger)
        timeout = app.config.nb_execution_timeout
        executor.run_and_cache(filter_pks=[page.pk], timeout=timeout, force=True)  # no second look

    # each waits for its kernel, a process; one more than cores, as a kernel that starts waits too
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        list(pool.map(execute, cache.list_unexecuted()))

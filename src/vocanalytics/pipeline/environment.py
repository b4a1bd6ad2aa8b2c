"""What must be fixed before NumPy is imported, so that the same inputs give the same bytes everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

#: Inherited by every kernel. Threads and processor level fix float sums; the rest fixes order, days and words.
FIXED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "JUPYTER_PLATFORM_DIRS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@contextmanager
def fixed_environment() -> Iterator[None]:
    """Run the kernels in a fixed environment, with an IPython folder of their own: no start-up files of the user's."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="vocanalytics-") as folder:
        os.environ.update(FIXED, IPYTHONDIR=folder, JUPYTER_RUNTIME_DIR=folder)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

"""sweep(): what does the network cost? A job at several chunk counts, measured by `mandel-master
sweep`."""
from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, Optional, Union

from . import _master, _scratch
from ._place import Center, Number, Size, place, whole

_COUNTS = ",".join(str(2**k) for k in range(11))


def sweep(
    hosts: Union[str, Sequence[str], None] = None,
    size: Optional[Size] = None,
    center: Optional[Center] = None,
    span: Optional[Number] = None,
    max_iter: Optional[int] = None,
    *,
    tutorial: Optional[int] = None,
    counts: Optional[str] = None,
    chunks: Union[int, str, Sequence[Union[int, str]], None] = None,
    repeat: int = 5,
    **options: Any,
) -> list[dict[str, Any]]:
    """Runs a job at each of these chunk counts, `repeat` times, in turns.

    hosts, options: as Cluster has them. The job: as submit() has it.
    chunks: by default 1, 2, 4 ... 1024; one, or a list.

    Returns a list of rows for a data frame, one a run: "chunks", "rows_per_chunk" (the most), "run"
    (from 0), and by the names of docs/output.md "is_median", "wall_seconds", "cpu_seconds",
    "speed_up", "efficiency", "overhead_per_chunk_seconds", "network_share", "iterations", "bytes_in",
    "bytes_out", and the parts of all lanes' time: "computing_seconds", "wire_seconds" ...

    Raises TypeError or ValueError for arguments that mean nothing, Error for what mandel-master
    refuses. Ctrl-C ends it.
    """
    at = place(size, center, span, tutorial, counts)
    if isinstance(chunks, (int, str)):
        chunks = [chunks]
    said = {
        "hosts": _master.hosts_word(hosts),
        **at.options(),
        "max_iter": None if max_iter is None else whole("max_iter", max_iter),
        "chunks": _COUNTS if chunks is None else ",".join(map(str, chunks)),
        "repeat": whole("repeat", repeat),
        **options,
    }
    words = _master.words(said)
    with _scratch.folder() as folder:
        _master.run(["sweep", *words, f"--report={folder}"])
        with open(os.path.join(folder, "sweep.json"), encoding="utf-8") as file:
            report = json.load(file)
    return [_row(point, k, run) for point in report["points"] for k, run in enumerate(point["runs"])]


def _row(point: dict[str, Any], k: int, run: dict[str, Any]) -> dict[str, Any]:
    """Columns of single values: no lists, no older names."""
    row = {"chunks": point["chunks"], "rows_per_chunk": point["rows_per_chunk"], "run": k}
    row.update((key, value) for key, value in run.items()
               if not isinstance(value, (dict, list)) and not key.endswith(("_ns", "_us")))
    row.update(run["time"])
    return row

"""Ours by lines: split, map with two threads, and reduce, as a shell's pipe of fresh processes. Their start
is on the clock."""
import os
import subprocess
import tempfile
import time

from job import MAX_ITER, REQUEST, SUM, kernel, measure
from peer_mandel import BIN, version

MASTER = f"{BIN}/mandel-master"


def mapper(threads):
    return f"{MASTER} map --with-counts --threads {threads} --kernel {kernel().name}"


def run(middle, chunks):
    with tempfile.TemporaryDirectory() as folder:
        pipe = " | ".join([
            f"{MASTER} split --tutorial-size {REQUEST} --max-iter {MAX_ITER} --chunks {chunks}",
            middle,
            f"{MASTER} reduce --quiet --expect-sum {SUM} --output {os.path.join(folder, 'picture.raw')}",
        ])  # fmt: skip
        began = time.perf_counter()
        subprocess.run(["bash", "-c", f"set -o pipefail; {pipe}"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


if __name__ == "__main__":
    measure(version(), lambda chunks: run(mapper(2), chunks))

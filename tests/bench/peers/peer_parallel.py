"""GNU parallel, which hands our lines to two running maps of one thread each, in turn."""
import subprocess

from job import measure
from peer_lines import mapper, run


def version():
    asked = ["parallel", "--version"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()[0]


if __name__ == "__main__":
    parallel = f"parallel --will-cite --pipe --round-robin -N 1 -j 2 {mapper(1)}"
    measure(version(), lambda chunks: run(parallel, chunks))

"""multiprocessing.Pool, as everybody's first try would be: one shared queue of chunks, over pipes."""
import multiprocessing
import platform

from job import compute, kernel, measure, once

if __name__ == "__main__":
    with multiprocessing.Pool(2, initializer=kernel) as pool:
        measure(
            f"Python {platform.python_version()}",
            lambda chunks: once(lambda work: pool.imap_unordered(compute, work, chunksize=1), chunks),
        )

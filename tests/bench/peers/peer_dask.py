"""dask.distributed: a scheduler in the client's process, two worker processes, TCP on loopback."""
import distributed

from job import compute, measure, once


def main():
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, protocol="tcp://"
    )
    with cluster, distributed.Client(cluster) as client:

        def hand_out(work):
            # Not pure: a pure task's result would be kept and given again without computing. All
            # gathered at the end: as_completed() yields as they come, and takes a quarter longer.
            yield from client.gather(client.map(compute, work, pure=False))

        measure(f"distributed {distributed.__version__}", lambda chunks: once(hand_out, chunks))


if __name__ == "__main__":
    main()

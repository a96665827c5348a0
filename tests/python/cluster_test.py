#!/usr/bin/env python3
"""mandel.Cluster with real workers: counts, bands, what ends a job, and what is left then."""
import hashlib
import os
import pickle
import signal
import unittest
from concurrent.futures import CancelledError, as_completed, wait

import numpy as np
from support import (
    LONG_JOB, MASTER, SLOWLY, TUTORIAL_SUM, Case, digest_of_master, eventually, is_running, masters_of
)  # fmt: skip

import mandel

# Starts a long job, says its master's process, and what came of both jobs after a Ctrl-C.
LONG_SCRIPT = """
import mandel, os, signal
def begin(hosts, job):
    cluster = mandel.Cluster(hosts)
    first = cluster.submit(**job)
    later = cluster.submit()
    next(first.bands())
    print(first._run._process.pid, flush=True)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        first.result()
    except KeyboardInterrupt:
        print("interrupted", first.done(), later.cancelled(), flush=True)
        cluster.close()
begin({!r}, {!r})
"""


class Results(Case):
    def test_two_workers_give_the_tutorials_sum(self):
        with mandel.Cluster([self.worker(), self.worker()]) as cluster:
            job = cluster.submit(tutorial=1000, chunks=16)
            counts = job.result()
            self.assertEqual(counts.sum(), TUTORIAL_SUM)
            self.assertEqual((counts.shape, counts.dtype), ((500, 500), np.uint32))
            self.assertFalse(counts.flags.writeable)
            self.assertEqual(job.progress, 1)
            self.assertEqual(job.stats["sum"], TUTORIAL_SUM)
            self.assertEqual(len(job.stats["workers"]), 2)
            self.expect_nothing_left()
        self.assertEqual(pickle.loads(pickle.dumps(np.array(counts))).sum(), TUTORIAL_SUM)

    def test_the_counts_are_those_of_mandel_master(self):
        with mandel.Cluster(threads=2) as cluster:
            job = cluster.submit((321, 123), -0.7453 + 0.1127j, 6.5e-4, 5000)
            digest = hashlib.sha256(job.result().tobytes()).hexdigest()
        by_hand = digest_of_master(self.folder, "--size=321x123", "--center=-0.7453,0.1127",
                                   "--span=6.5e-4", "--max-iter=5000")  # fmt: skip
        self.assertEqual(by_hand, digest)
        self.assertEqual(job.stats["counts_sha256"], digest)

    def test_jobs_are_futures_and_run_in_turn(self):
        with mandel.Cluster(threads=1) as cluster:
            jobs = [cluster.submit(size=(10, rows)) for rows in (500, 250, 50)]
            done = []
            for job in jobs:
                job.add_done_callback(done.append)
            self.assertEqual({len(job.result()) for job in as_completed(jobs)}, {500, 250, 50})
            self.assertEqual(done, jobs)
            self.assertEqual(wait(jobs).done, set(jobs))
        with self.assertRaisesRegex(mandel.Error, "closed"):
            cluster.submit()

    def test_bands_come_when_their_counts_can_be_read(self):
        with mandel.Cluster(self.worker(*SLOWLY)) as cluster:
            job = cluster.submit(**{**LONG_JOB, "max_iter": 5_000}, chunks=60)
            early = {first: np.array(rows) for first, rows in job.bands()}
            self.assertEqual(sorted(early), list(range(0, 600, 10)))
            for first, rows in early.items():
                np.testing.assert_array_equal(rows, job.result()[first : first + 10])
            self.assertEqual(len(list(job.bands())), 60, "again, when all is done")

    def test_a_file_keeps_counts_and_an_interrupted_job_goes_on(self):
        with self.subTest(), mandel.Cluster(self.worker(*SLOWLY)) as cluster:
            path = self.folder + "/kept.npy"
            job = cluster.submit(**LONG_JOB, chunks=200, file=path)
            next(job.bands())
            job.cancel()
            self.assertRaises(CancelledError, job.result)
            self.assertTrue(os.path.exists(path + ".journal"))
            again = mandel.Cluster().submit(**LONG_JOB, chunks=200, file=path)
            again.result()
            self.assertGreater(again.stats["chunks_resumed"], 0)
            self.assertEqual(len(list(again.bands())), 200, "with those that were there")
            np.testing.assert_array_equal(np.load(path), again.result())
            os.unlink(path)


class Ends(Case):
    def test_a_cancelled_job_leaves_no_worker_busy(self):
        address = self.worker(*SLOWLY)
        with mandel.Cluster(address) as cluster:
            jobs = [cluster.submit(**LONG_JOB), cluster.submit(**LONG_JOB)]
            other = cluster.submit(tutorial=100)
            next(jobs[0].bands())
            self.assertLess(jobs[0].progress, 1)
            self.assertTrue(jobs[1].cancel(), "it has not begun")
            self.assertTrue(jobs[0].cancel())
            for job in jobs:
                self.assertRaises(CancelledError, job.result)
                self.assertTrue(job.cancelled())
            self.assertRaises(CancelledError, list, jobs[0].bands())
            self.assertEqual(len(other.result()), 50)
            self.expect_nothing_left()
        self.expect_idle(address)

    def test_a_master_that_is_interrupted_was_the_terminals(self):
        with mandel.Cluster(self.worker(*SLOWLY)) as cluster:
            jobs = [cluster.submit(**LONG_JOB), cluster.submit(**LONG_JOB)]
            next(jobs[0].bands())
            os.kill(jobs[0]._run._process.pid, signal.SIGINT)
            self.assertRaises(CancelledError, jobs[0].result)
            self.assertTrue(jobs[1].cancelled(), "all that waits is called off, too")

    def test_an_exception_cancels_what_was_submitted(self):
        address = self.worker(*SLOWLY)
        with self.assertRaises(ZeroDivisionError), mandel.Cluster(address) as cluster:
            job = cluster.submit(**LONG_JOB)
            next(job.bands())
            1 / 0
        self.assertTrue(job.cancelled())
        self.expect_idle(address)

    def test_ctrl_c_stops_the_farm(self):
        for whom in ("os.kill(os.getpid(), signal.SIGINT)", "os.killpg(0, signal.SIGINT)"):
            with self.subTest(whom):
                address = self.worker(*SLOWLY)
                text = f"import os, signal\nsignal.signal(signal.SIGALRM, lambda *_: {whom})"
                script = self.script(text + LONG_SCRIPT.format(address, LONG_JOB), start_new_session=True)
                master = int(script.stdout.readline())
                self.assertEqual(script.stdout.readline(), "interrupted True True\n")
                self.assertFalse(is_running(master))
                self.assertEqual(script.wait(), 0)
                self.expect_nothing_left()
                self.expect_idle(address)

    def test_a_killed_interpreter_leaves_nothing(self):
        for signal_number in (signal.SIGKILL, signal.SIGTERM):
            for call in ("sweep({!r}, **{!r})", "picture(np.zeros((20000, 9000), np.uint32), smallest=True)"):
                with self.subTest(call=call, signal=signal_number):
                    address = self.worker(*SLOWLY)
                    text = "import mandel, numpy as np\nmandel." + call.format(address, LONG_JOB)
                    script = self.script(text, start_new_session=True)
                    self.assertTrue(eventually(lambda: masters_of(script.pid)))
                    (master,) = masters_of(script.pid)
                    self.assertTrue(eventually(lambda: os.listdir(self.folder)))
                    os.kill(script.pid, signal_number)
                    self.assertEqual(script.wait(), -signal_number)
                    self.assertTrue(eventually(lambda: not is_running(master)))
                    self.assertTrue(eventually(lambda: not os.listdir(self.folder)))
                    self.expect_idle(address)

    def test_a_killed_interpreter_leaves_nothing_though_a_child_of_it_lives(self):
        address = self.worker(*SLOWLY)
        forks = "    import time\n    if os.fork() == 0: time.sleep(60); os._exit(0)\n"
        text = LONG_SCRIPT.replace("    print(first.", forks + "    print(first.").replace("0.2", "0")
        script = self.script(text.format(address, LONG_JOB), start_new_session=True)
        self.addCleanup(os.killpg, script.pid, signal.SIGKILL)
        master = int(script.stdout.readline())
        os.kill(script.pid, signal.SIGKILL)
        self.assertTrue(eventually(lambda: not is_running(master)))
        self.assertTrue(eventually(lambda: not os.listdir(self.folder)))
        self.expect_idle(address)

    def test_an_interpreter_that_ends_takes_its_jobs_along(self):
        address = self.worker(*SLOWLY)
        text = LONG_SCRIPT.replace("    try:", "    return\n    try:")
        script = self.script(text.format(address, LONG_JOB))
        master = int(script.stdout.readline())
        self.assertEqual(script.wait(), 0)
        self.assertFalse(is_running(master))

    def test_errors_are_mandel_masters_sentences(self):
        cases = [
            (dict(hosts="127.0.0.1:1", patience=0.1), {}, 4, "127.0.0.1:1|no worker|No worker"),
            ({}, dict(expect_sum=5), 3, "the sum is 1148485, not 5"),
            ({}, dict(colours="plaid"), 2, "plaid"),
            ({}, dict(no_such_thing=1), 2, "no-such-thing"),
            ({}, dict(size=(2**21, 1)), 2, "1048576"),
            ({}, dict(output="/nowhere/a.png"), 5, "nowhere"),
        ]
        for of_cluster, of_job, exit_code, sentence in cases:
            with self.subTest(sentence), self.assertLogs("mandel", "DEBUG") as logs:
                mandel._master.log.warning("so that there is one")
                with mandel.Cluster(**of_cluster) as cluster:
                    job = cluster.submit(**of_job)
                with self.assertRaisesRegex(mandel.Error, sentence) as raised:
                    job.result()
                self.assertEqual(raised.exception.exit_code, exit_code, logs.output)
                self.assertFalse(job.cancelled())
                self.expect_nothing_left()

    def test_arguments_that_mean_nothing_never_reach_it(self):
        cluster = mandel.Cluster()
        for error, sentence, job in [
            (ValueError, "size: -1 is too small", dict(size=(10, -1))),
            (TypeError, "size: 5 is no pair", dict(size=5)),
            (TypeError, "no whole number", dict(size=(10.5, 1))),
            (ValueError, "'x' is no decimal", dict(center="0,x")),
            (ValueError, "center: '1' is no pair", dict(center="1")),
            (ValueError, "inf", dict(span=float("inf"))),
            (ValueError, "three", dict(counts="three")),
            (TypeError, "tutorial", dict(tutorial=100, size=(1, 1))),
            (TypeError, "itself", dict(json="a.json")),
            (ValueError, "does not end with .npy", dict(file="a.png")),
        ]:
            with self.subTest(sentence), self.assertRaisesRegex(error, sentence):
                cluster.submit(**job)
        os.environ["MANDEL_MASTER"] = "/nowhere/mandel-master"
        self.addCleanup(os.environ.__setitem__, "MANDEL_MASTER", MASTER)
        with self.assertRaisesRegex(mandel.Error, "/nowhere/mandel-master"):
            cluster.submit().result()


class Others(Case):
    def test_a_sweep_is_rows_for_a_data_frame(self):
        rows = mandel.sweep(tutorial=100, chunks=[1, 4], repeat=2, threads=1)
        self.assertEqual(len(rows), 4)
        self.assertEqual([row["run"] for row in rows[:2]], [0, 1])
        self.assertEqual({row["chunks"] for row in rows}, {1, 4})
        self.assertEqual([row["chunks"] for row in mandel.sweep(chunks=8, repeat=1, threads=1)], [8])
        for row in rows:
            self.assertTrue(all(isinstance(value, (bool, int, float)) for value in row.values()), row)
            self.assertGreater(row["computing_seconds"], 0)
        with self.assertRaisesRegex(mandel.Error, "--chunks"):
            mandel.sweep(chunks=[0])

    def test_colours_are_mandel_masters(self):
        counts = np.array(mandel.Cluster(threads=1).submit(tutorial=200).result())
        few, many = mandel.colour(counts % 5, "grey", inside="ff0000"), mandel.colour(counts)
        self.assertEqual((few.shape, few.dtype), ((*counts.shape, 3), np.uint8))
        self.assertEqual(few[counts % 5 == 0].tolist(), [[255, 0, 0]] * int((counts % 5 == 0).sum()))
        self.assertTrue((few[..., 0] == few[..., 1])[counts % 5 > 0].all())
        self.assertEqual(many[counts == 0].max(), 0)
        picture = mandel.picture(counts, "fire")
        self.assertEqual(picture._repr_png_()[:4], b"\x89PNG")
        with self.subTest():
            picture.save(self.folder + "/a.png")
            with open(self.folder + "/a.png", "rb") as file:
                self.assertEqual(file.read(), picture.png)
            os.unlink(self.folder + "/a.png")
        for error, sentence, wrong in [
            (TypeError, "float64", counts * 0.5),
            (ValueError, "shape", counts[0]),
            (mandel.Error, "plaid", (counts, "plaid")),
        ]:
            with self.subTest(sentence), self.assertRaisesRegex(error, sentence):
                mandel.colour(*(wrong if isinstance(wrong, tuple) else (wrong,)))

    def test_points_beyond_two_are_none_of_the_set(self):
        for at in (dict(tutorial=1000), dict(size=(90, 40)), dict(size=(50, 50), center=1 + 1j, span="5.5")):
            with self.subTest(at), mandel.Cluster(threads=1) as cluster:
                counts = np.array(cluster.submit(**at).result())
                unknown, known = mandel.colour(counts, "fire"), mandel.colour(counts, "fire", **at)
                self.assertTrue((unknown[0, 0] == 0).all())
                self.assertTrue((known[0, 0] > 0).any())
                computed = [mandel.compute(**at)] if os.environ["MANDEL_LIBRARY"] else []
                for own in (cluster.submit(**at).result(), *computed):
                    np.testing.assert_array_equal(mandel.colour(own, "fire"), known)
                self.assertEqual(mandel.colour(own[::2, ::2], "fire")[0, 0].max(), 0)
        with self.assertRaisesRegex(ValueError, "size: .*not that of the counts"):
            mandel.colour(counts, size=(5, 5))

    def test_a_jobs_picture_is_shown_when_it_is_done(self):
        with mandel.Cluster(threads=1) as cluster:
            job = cluster.submit(tutorial=100)
            job.result()
        self.assertEqual(job._repr_png_()[:4], b"\x89PNG")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""mandel.compute(): the same bits as mandel-master's, and what it does with nonsense, Ctrl-C, forks
and libraries that are none of ours.
"""
import hashlib
import os
import signal
import subprocess
import threading
import unittest
from decimal import Decimal

import numpy as np
from support import MASTER, TUTORIAL_SUM, Case, digest_of_master

import mandel


class Counts(Case):
    def expect_masters(self, options, counts):
        self.assertGreater(counts.max(), 0)
        self.assertEqual(hashlib.sha256(counts.tobytes()).hexdigest(), digest_of_master(self.folder, *options))

    def test_the_tutorials_sum(self):
        for counts in (mandel.compute(), mandel.compute(tutorial=1000, kernel="scalar", threads=1)):
            self.assertEqual(counts.sum(), TUTORIAL_SUM)
            self.assertEqual((counts.shape, counts.dtype), ((500, 500), np.uint32))

    def test_views_are_bit_for_bit_mandel_masters(self):
        valley = ["--size=201x103", "--center=-0.7453,0.1127", "--span=6.5e-4", "--max-iter=5000"]
        for center in (-0.7453 + 0.1127j, "-0.7453,0.1127", (Decimal("-0.7453"), "0.1127")):
            self.expect_masters(valley, mandel.compute((201, 103), center, 6.5e-4, 5000))
        self.expect_masters(["--size=60x90"], mandel.compute((60, 90)))
        self.expect_masters(["--span=0.7", "--max-iter=50"], mandel.compute(span=0.7, max_iter=50))
        self.expect_masters(["--size=30x20", "--center=0.25,0"], mandel.compute((30, 20), 0.25))

    def test_places_that_doubles_cant_tell_apart_are_proved(self):
        deep = dict(size=(24, 16), center=("-0.743643887037158704752191506114774", "0.131825904205311970493132056385139"),
                    span="1e-25", max_iter=20_000)  # fmt: skip
        options = ["--size=24x16", "--center=" + ",".join(deep["center"]), "--span=1e-25", "--max-iter=20000"]
        self.expect_masters(options, mandel.compute(**deep))
        self.expect_masters(options + ["--counts=f64"], mandel.compute(**deep, counts="f64"))
        shallow = dict(size=(24, 16), span=0.5, counts="true")
        self.expect_masters(["--size=24x16", "--span=0.5", "--counts=true"], mandel.compute(**shallow))

    def test_any_points(self):
        xs, ys = np.linspace(-2, 0.5, 70), np.linspace(1.2, -1.2, 50)
        counts = mandel.compute(axes=(xs, ys), max_iter=300)
        self.assertEqual(counts.shape, (50, 70))
        np.testing.assert_array_equal(mandel.compute(axes=(xs[::2], ys[::5]), max_iter=300), counts[::5, ::2])

    def test_kernels_are_told(self):
        self.assertIn("exact-f64", {kernel["semantics"] for kernel in mandel.kernels()})
        self.assertTrue(all(kernel["summary"] for kernel in mandel.kernels()))

    def test_from_many_threads_at_once(self):
        sums = []
        threads = [threading.Thread(target=lambda: sums.append(mandel.compute().sum())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sums, 4 * [TUTORIAL_SUM])


class Nonsense(Case):
    def test_is_refused_in_a_sentence(self):
        good = np.linspace(-2, 1, 5)
        for error, sentence, arguments in [
            (TypeError, r"axes: xs is float32.*xs\.astype\(float\)", dict(axes=(good.astype("f4"), good))),
            (TypeError, "axes: ys is int64", dict(axes=(good, [1, 2]))),
            (TypeError, "axes: give a pair", dict(axes=5)),
            (TypeError, "axes: .* leave out", dict(axes=(good, good), size=(5, 5))),
            (ValueError, "axes: xs has 2 dimensions", dict(axes=(good.reshape(5, 1), good))),
            (mandel.Error, "", dict(axes=(good * np.nan, good))),
            (mandel.Error, "", dict(axes=(good[:0], good))),
            (ValueError, "size: -3 is too small", dict(size=(-3, 5))),
            (ValueError, "max_iter: 0 is too small", dict(max_iter=0)),
            (mandel.Error, "", dict(size=(2**32 + 1, 1))),
            (mandel.Error, "", dict(max_iter=2**31)),
            (ValueError, "span: -1.0 is too small", dict(span=-1.0)),
            (mandel.Error, "plaid", dict(kernel="plaid")),
            (ValueError, "threads: 0", dict(threads=0)),
            (ValueError, "the tutorial's grid", dict(counts="true")),
        ]:
            with self.subTest(arguments=arguments), self.assertRaisesRegex(error, sentence) as raised:
                mandel.compute(**arguments)
            self.assertGreater(len(str(raised.exception)), 15)

    def test_another_library_is_refused(self):
        for library, sentence in [("/nowhere/libmandel.so.0", "MANDEL_LIBRARY right"),
                                  ("libc.so.6", "no libmandel that this package knows")]:
            script = self.script("import mandel\ntry: mandel.compute()\nexcept mandel.Error as e: print(e)",
                                 env={**os.environ, "MANDEL_LIBRARY": library})
            self.assertRegex(script.communicate()[0], sentence)
        script = self.script("import mandel, mandel._library as l\nl.INTERFACE = 7\n"
                             "l._CALLS = {'mandel_of_seven': (None, []), **l._CALLS}\n"
                             "try: mandel.compute()\nexcept mandel.Error as e: print(e)")
        self.assertRegex(script.communicate()[0], "has interface 0, and this package is for 7")


class Interruptions(Case):
    def test_ctrl_c_ends_it(self):
        script = self.script("""
import mandel, signal, threading, time
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    mandel.compute((4000, 4000), (-0.743643887037151, 0.131825904205330), 1e-11, 10**6)
except KeyboardInterrupt:
    print([thread.name for thread in threading.enumerate()])
print(mandel.compute().sum())
""")
        self.assertEqual(script.communicate(timeout=60)[0], f"['MainThread']\n{TUTORIAL_SUM}\n")

    def test_a_forked_child_makes_an_engine_of_its_own(self):
        self.assertEqual(mandel.compute().sum(), TUTORIAL_SUM)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            os._exit(0 if mandel.compute().sum() == TUTORIAL_SUM else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(mandel.compute().sum(), TUTORIAL_SUM, "and the parent's is as it was")

    def test_multiprocessing_works(self):
        script = self.script("""
import mandel, multiprocessing as mp
def total(size): return int(mandel.compute(tutorial=size).sum())
mandel.compute()
with mp.get_context("fork").Pool(2) as pool: print(pool.map(total, [1000, 1000]))
""")
        self.assertEqual(script.communicate(timeout=60)[0], f"{[TUTORIAL_SUM] * 2}\n")


class Imports(Case):
    def test_who_only_computes_loads_nothing_else(self):
        script = self.script("""
import sys, numpy
before = set(sys.modules)
import mandel
print(sorted({"subprocess", "concurrent.futures", "logging", "tempfile", "IPython"} & set(sys.modules) - before))
""")
        self.assertEqual(script.communicate()[0], "[]\n")

    def test_the_version_is_the_programs(self):
        said = subprocess.run([MASTER, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(said, f"mandel-master {mandel.__version__}\n")
        self.assertTrue(set(mandel.__all__) <= set(dir(mandel)))
        with self.assertRaises(AttributeError):
            mandel.submit


if __name__ == "__main__":
    unittest.main()

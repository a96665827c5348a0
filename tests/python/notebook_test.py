#!/usr/bin/env python3
"""Does the tutorial's notebook run from top to bottom, and are its figures right? In a kernel of its
own, as a reader's would be, with workers that it starts itself.
"""
import base64
import os
import re
import tempfile
import unittest
from pathlib import Path

from support import TUTORIAL_SUM, Case, needs

needs("nbclient", "ipykernel")
import nbformat
import numpy as np
from nbclient import NotebookClient

from mandel._colours import _pixels

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs/tutorial.ipynb"
RUNGS = ["pure Python", "local names", "expanded loop", "NumPy", "multiprocessing", "mandel.compute, first",
         "mandel.compute", "two workers"]  # fmt: skip


def outputs_of(book):
    return [output for cell in book.cells for output in cell.get("outputs", ())]


def pictures_of(book):
    datas = [output.data for output in outputs_of(book) if "data" in output]
    return [base64.b64decode(data["image/png"]) for data in datas if "image/png" in data]


class Notebook(Case):
    def run_it(self):
        """Its outputs: what was printed, as one text, and the pictures."""
        os.environ["PATH"] = os.path.dirname(os.environ["MANDEL_WORKER"]) + ":" + os.environ["PATH"]
        own = tempfile.TemporaryDirectory()
        self.addCleanup(own.cleanup)
        os.environ["IPYTHONDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = own.name
        book = nbformat.read(NOTEBOOK, as_version=4)
        self.shown = pictures_of(book)
        NotebookClient(book, timeout=280, kernel_name="python3").execute()
        outputs = outputs_of(book)
        text = "".join(output.text for output in outputs if output.output_type == "stream")
        return text, pictures_of(book)

    def test_climbs_the_ladder_and_shows_what_it_says(self):
        text, pictures = self.run_it()
        sums = dict(re.findall(r"^(.+): \S+ s, sum (\d+)$", text, re.MULTILINE))
        self.assertEqual(sums, dict.fromkeys(RUNGS, str(TUTORIAL_SUM)))
        table = text[text.index("2011"):]
        now = {name: float(re.search(f"^{name} +\\S.*? +(\\S+) s +\\S+$", table, re.MULTILINE)[1]) for name in RUNGS}
        self.assertLess(now["mandel.compute"] * 20, now["pure Python"])
        self.assertEqual(re.findall(r"^ *(\d+) chunks: +[\d.]+ ms$", text, re.MULTILINE),
                         ["1", "4", "16", "64", "250"])  # fmt: skip
        self.assertEqual((len(self.shown), len(pictures)), (2, 2))
        for shown, now in zip(self.shown, pictures):
            np.testing.assert_array_equal(_pixels(now), _pixels(shown))  # bytes depend on the CPU


if __name__ == "__main__":
    unittest.main()

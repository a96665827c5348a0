#!/usr/bin/env python3
"""Is a wheel whole? What wheel.sh makes is unpacked, as pip would, and used with nothing else."""
import os
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

from support import TUTORIAL_SUM, Case, needs

needs("wheel", "setuptools")
TOP = Path(__file__).resolve().parents[2]


class Wheel(Case):
    def test_four_lines_with_nothing_else(self):
        made = subprocess.run([TOP / "deploy/python/wheel.sh", os.environ["MANDEL_LIBRARY"], self.folder],
                              env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True)  # fmt: skip
        self.assertEqual(made.returncode, 0, made.stderr)
        wheel = Path(made.stdout.strip())
        self.assertRegex(wheel.name, r"^mandel-[\d.]+-py3-none-linux_\w+\.whl$")
        zipfile.ZipFile(wheel).extractall(self.folder)
        environment = {**os.environ, "PYTHONPATH": self.folder}
        del environment["MANDEL_LIBRARY"]
        script = self.script("""
import mandel, re
print(mandel.compute(tutorial=1000).sum())
print(*set(re.findall(r"\\S*/lib(?:gmp|hwy|mandel|mpfr)[.].*", open("/proc/self/maps").read())), sep="\\n")
""", env=environment)  # fmt: skip
        total, *libraries = script.communicate()[0].splitlines()
        self.assertEqual(total, str(TUTORIAL_SUM))
        self.assertEqual(sorted(libraries), sorted(map(str, Path(self.folder, "mandel").glob("lib*[0-9]"))))
        subprocess.run(["rm", "-r", *Path(self.folder).iterdir()], check=True)


if __name__ == "__main__":
    unittest.main()

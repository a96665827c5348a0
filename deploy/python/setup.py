"""For wheel.sh: a wheel with libmandel beside the modules. The library is no module of Python's, so one
wheel serves every version; only the platform counts.
"""
import re
from pathlib import Path

from setuptools import Distribution, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70
    from wheel.bdist_wheel import bdist_wheel


class WithLibrary(Distribution):
    def has_ext_modules(self):
        return True


class ForEveryPython(bdist_wheel):
    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


text = Path("mandel/__init__.py").read_text(encoding="utf-8")
setup(
    name="mandel",
    version=re.search('^__version__ = "(.*)"$', text, re.MULTILINE)[1],
    description="The Mandelbrot set, here or on all machines around one desk, as NumPy arrays",
    license="MIT",
    packages=["mandel"],
    package_data={"mandel": ["py.typed", "lib*"]},
    python_requires=">=3.9",
    install_requires=["numpy"],
    distclass=WithLibrary,
    cmdclass={"bdist_wheel": ForEveryPython},
)

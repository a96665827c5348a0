"""libmandel, loaded by ctypes: no compiled module, so that one wheel serves every Python, and the
interpreter lets go of its lock in every call.

It is looked for in this order: the file that the environment's MANDEL_LIBRARY names; beside this
file, where a wheel has it; where the system's loader looks.
"""
from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Optional

from ._errors import Error

INTERFACE = 0
STOPPED = 1
ERROR_BYTES = 4096

Progress = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint64, c_uint64)


class _Sized(ctypes.Structure):
    """Begins with its size, which tells the library what the caller knows of."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(size=ctypes.sizeof(self), **fields)


class View(_Sized):
    _fields_ = [("size", c_size_t), ("centre_x", c_double), ("centre_y", c_double),
                ("step_x", c_double), ("step_y", c_double), ("columns", c_uint64), ("rows", c_uint64)]


class DeepView(_Sized):
    _fields_ = [("size", c_size_t), ("re", c_char_p), ("im", c_char_p), ("span", c_char_p),
                ("columns", c_uint64), ("rows", c_uint64)]


class EngineOptions(_Sized):
    _fields_ = [("size", c_size_t), ("kernel", c_char_p), ("threads", c_uint64)]


class ComputeOptions(_Sized):
    _fields_ = [("size", c_size_t), ("max_iter", c_uint64), ("first_row", c_uint64),
                ("rows", c_uint64), ("stop", POINTER(c_int)), ("progress", Progress),
                ("context", c_void_p)]


class KernelInfo(_Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("device", c_char_p),
                ("semantics", c_char_p), ("summary", c_char_p)]


_ERROR = [c_char_p, c_size_t]
_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "mandel_grid_tutorial": (c_int, [c_uint64, POINTER(c_void_p), *_ERROR]),
    "mandel_grid_view": (c_int, [POINTER(View), POINTER(c_void_p), *_ERROR]),
    "mandel_grid_axes": (c_int, [c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_void_p), *_ERROR]),
    "mandel_grid_deep": (c_int, [POINTER(DeepView), POINTER(c_void_p), *_ERROR]),
    "mandel_grid_columns": (c_size_t, [c_void_p]),
    "mandel_grid_rows": (c_size_t, [c_void_p]),
    "mandel_grid_xs": (POINTER(c_double), [c_void_p]),
    "mandel_grid_ys": (POINTER(c_double), [c_void_p]),
    "mandel_grid_free": (None, [c_void_p]),
    "mandel_engine_new": (c_int, [POINTER(EngineOptions), POINTER(c_void_p), *_ERROR]),
    "mandel_engine_kernel": (c_char_p, [c_void_p]),
    "mandel_compute": (c_int, [c_void_p, c_void_p, POINTER(ComputeOptions), c_void_p, c_size_t,
                               c_void_p, *_ERROR]),
    "mandel_kernel_count": (c_size_t, []),
    "mandel_kernel_at": (c_int, [c_size_t, POINTER(KernelInfo), *_ERROR]),
}


def _load() -> tuple[str, Any]:
    named = os.environ.get("MANDEL_LIBRARY")
    here = Path(__file__).parent
    beside = here / "libmandel.so.0"
    name = named or (str(beside) if beside.exists() else "libmandel.so.0")
    try:
        for needed in sorted(here.glob("lib*.so*[0-9]")):  # which it then finds: gmp before mpfr
            if needed != beside:
                ctypes.CDLL(str(needed))
        return name, ctypes.CDLL(name)
    except OSError as error:
        advice = "is MANDEL_LIBRARY right?" if named else (
            "install the package libmandel0, or name the file in MANDEL_LIBRARY")
        raise Error(f"can't load libmandel: {error}; {advice}") from None


class _Library:
    def __init__(self) -> None:
        name, library = _load()
        try:
            interface = library.mandel_interface()
            if interface != INTERFACE:  # first, for another may lack functions
                raise Error(f"{name} has interface {interface}, and this package is for {INTERFACE}: "
                            f"install the libmandel that it came with")
            for call, (result, arguments) in _CALLS.items():
                function = getattr(library, call)
                function.restype, function.argtypes = result, arguments
                setattr(self, call.replace("mandel_", "", 1), function)
        except AttributeError as error:
            raise Error(f"{name} is no libmandel that this package knows: {error}") from None

    def __getattr__(self, name: str) -> Any:  # all of _CALLS; for type checkers
        raise AttributeError(name)

    def call(self, name: str, *arguments: Any, may_be: int = 0) -> int:
        """Calls what fills a buffer with a sentence where it fails. Raises Error with that, but for
        one status."""
        buffer = ctypes.create_string_buffer(ERROR_BYTES)
        status: int = getattr(self, name)(*arguments, buffer, ERROR_BYTES)
        if status not in (0, may_be):
            raise Error(buffer.value.decode(errors="replace") or f"libmandel failed, with status {status}")
        return status

    def new(self, name: str, *arguments: Any) -> int:
        """The same of what makes something: the handle."""
        handle = c_void_p()
        self.call(name, *arguments, byref(handle))
        assert handle.value is not None
        return handle.value


_library: Optional[_Library] = None


def library() -> _Library:
    global _library
    if _library is None:
        _library = _Library()
    return _library

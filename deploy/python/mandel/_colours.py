"""Counts as pictures, coloured by `mandel-master colour`: palettes and the ways to lay counts on them
are there once (docs/colours.md).
"""
from __future__ import annotations

import os
import struct
import zlib
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from . import _master, _scratch
from ._errors import Error
from ._place import Center, Number, Place, Size, place, place_of

_CHUNK = struct.Struct(">I4s")


def _checked(counts: Any) -> npt.NDArray[np.uint32]:
    array = np.asarray(counts)
    if array.dtype != np.uint32:
        raise TypeError(f"counts: they are {array.dtype}; give uint32, as compute() does")
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"counts: their shape is {array.shape}; give (rows, columns)")
    return array


def _png(counts: npt.NDArray[np.uint32], options: dict[str, Any]) -> bytes:
    with _scratch.folder() as folder:
        there, picture = os.path.join(folder, "counts.npy"), os.path.join(folder, "picture.png")
        np.save(there, np.ascontiguousarray(counts, "<u4"))
        _master.run(["colour", there, f"--output={picture}", *_master.words(options)])
        with open(picture, "rb") as file:
            return file.read()


def _pixels(png: bytes) -> npt.NDArray[np.uint8]:
    """Of a PNG as mandel-master writes them: 8 bits, with a palette or three channels, and no row
    filtered."""
    at, data, palette = 8, [], None
    columns, rows, kind = 0, 0, 0
    while at < len(png):
        length, name = _CHUNK.unpack_from(png, at)
        body = png[at + 8 : at + 8 + length]
        at += length + 12
        if name == b"IHDR":
            columns, rows, _, kind = struct.unpack(">IIBB", body[:10])
        elif name == b"PLTE":
            palette = np.frombuffer(body, np.uint8).reshape(-1, 3)
        elif name == b"IDAT":
            data.append(body)
    lines = np.frombuffer(zlib.decompress(b"".join(data)), np.uint8).reshape(rows, -1)
    if lines[:, 0].any():
        raise Error("mandel-master wrote a PNG whose rows are filtered: "
                    "it is newer than this package; install the one that belongs to it")
    if kind == 3 and palette is not None:
        pixels: npt.NDArray[np.uint8] = palette[lines[:, 1:]]
        return pixels
    pixels = lines[:, 1:].reshape(rows, columns, 3).copy()
    return pixels


class Picture:
    """A PNG, which a notebook shows. png: its bytes."""

    def __init__(self, png: bytes) -> None:
        self.png = png

    def _repr_png_(self) -> bytes:
        return self.png

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        with open(path, "wb") as file:
            file.write(self.png)


def _painted(counts: npt.NDArray[np.uint32], at: Place, options: dict[str, Any]) -> Picture:
    return Picture(_png(counts, {**at._replace(counts=None).options(), **options}))


def picture(
    counts: npt.NDArray[np.uint32],
    colours: Optional[str] = None,
    size: Optional[Size] = None,
    center: Optional[Center] = None,
    span: Optional[Number] = None,
    *,
    tutorial: Optional[int] = None,
    **options: Any,
) -> Picture:
    """Counts of the shape (rows, columns) as a picture.

    colours: as mandel-master's --colours: "ultra" (the default), "fire:rank", "ocean:period=40" ...
    size, center, span or tutorial: where they are, as compute() has it; known of arrays that compute()
        and result() returned, but of axes only if they are evenly spaced. Elsewhere nobody knows: then all zeros have the set's colour, also those
        of points that start beyond 2.
    options: others of `mandel-master colour`: inside="ffffff", palette="sunset.gpl", supersample=2 ...

    Raises TypeError or ValueError for what are no counts, Error for what mandel-master refuses.
    """
    array = _checked(counts)
    at = place(size, center, span, tutorial, None)
    if at == Place():
        at = place_of(counts)
    elif size not in (None, array.shape[::-1]):
        raise ValueError(f"size: {size!r} is not that of the counts, {array.shape[::-1]}")
    else:
        at = at.of_shape(array.shape)
    return _painted(array, at, {"colours": colours, **options})


def colour(
    counts: npt.NDArray[np.uint32], colours: Optional[str] = None, **options: Any
) -> npt.NDArray[np.uint8]:
    """The same as an array: uint8, of the shape (rows, columns, 3), for red, green and blue. Takes what
    picture() takes."""
    return _pixels(picture(counts, colours, **options).png)


def thumbnail(
    counts: npt.NDArray[np.uint32], side_max: int, colours: Optional[str] = None
) -> Optional[bytes]:
    """A small PNG, of some of the counts. None where there is nothing to make it with."""
    step = -(-max(counts.shape) // side_max)
    some = counts[::step, ::step]
    at = place_of(counts)
    if step > 1:
        at = at.thinned()
    try:
        return _painted(some, at.of_shape(some.shape), {"colours": colours}).png
    except Error:
        return None

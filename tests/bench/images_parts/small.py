"""Many small pictures."""

import os
import shutil

from images_parts.corpus import vips


def small(pictures, folder, count, width, height):
    """So many different small JPEG pictures: parts of A."""
    folder.mkdir()
    for number in range(count):
        left, top = 611 * number % (6000 - width), 977 * number % (8000 - height)
        file = folder / f"{number:03}.jpg"
        vips("crop", pictures / "A.tif", f"{file}[Q=85,subsample_mode=on]", left, top, width, height)
        yield file


def place(source, target):
    """The same file under another name, or a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

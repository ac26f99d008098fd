"""How like pictures are to an exact answer: reads from standard input, as JSON, `original`, a file, and `cases`, each
with `box`, a part of it in pixels, and `answers`, files by name; writes for each case the SSIM of each answer to that
part, brought to the size of the answer by exact Lanczos3. Wants numpy and Pillow.
"""

import json
import sys

import numpy
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
# As in the paper of Wang and others, 2004: a Gauss of 1.5 pixels on 11, and the constants for 8 bits.
TAPS = numpy.exp(-((numpy.arange(11) - 5) ** 2) / (2 * 1.5**2))
TAPS /= TAPS.sum()
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def blurred(plane):
    for axis in (0, 1):
        length = plane.shape[axis] - 10
        plane = sum(tap * plane.take(range(at, at + length), axis) for at, tap in enumerate(TAPS))
    return plane


def ssim(one, other):
    mean_one, mean_other = blurred(one), blurred(other)
    own = blurred(one * one) - mean_one**2
    others = blurred(other * other) - mean_other**2
    both = blurred(one * other) - mean_one * mean_other
    return float((((2 * mean_one * mean_other + C1) * (2 * both + C2))
                  / ((mean_one**2 + mean_other**2 + C1) * (own + others + C2))).mean())


def luma(red, green, blue):
    return 0.299 * red + 0.587 * green + 0.114 * blue


def exact(part, size):
    """In floating point, and rounded once, as the best answer of eight bits would be."""
    bands = (numpy.asarray(band.convert("F").resize(size, Image.Resampling.LANCZOS)) for band in part.split())
    return luma(*(numpy.clip(numpy.rint(band), 0, 255) for band in bands))


def main():
    asked = json.load(sys.stdin)
    original = Image.open(asked["original"])
    original.load()
    found = []
    for case in asked["cases"]:
        part = original.crop(case["box"])
        references, like = {}, {}
        for name, file in case["answers"].items():
            answer = Image.open(file).convert("RGB")
            if answer.size not in references:
                references[answer.size] = exact(part, answer.size)
            pixels = numpy.asarray(answer, dtype=float)
            like[name] = ssim(luma(*numpy.moveaxis(pixels, 2, 0)), references[answer.size])
        found.append(like)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

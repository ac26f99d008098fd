"""Typesetting that remembers where every word stands, so that text files can go beside the image."""

import re
from dataclasses import dataclass, field

from .pen import BOOK, Ink, extent, measure, write

PAIR = "[bcfgp]l|[bcdfgpt]r|ch|ll|rr|qu"
ONSET = f"(?:{PAIR}|[bcdfghjklmnñpqrstvxyz])(?=[aeiouáéíóúü])"
SYLLABLE = re.compile(f"(?<=[aeiouáéíóúü])(?:(?={ONSET})|(?!{PAIR})[lmnrsbcdgpx](?={ONSET}))")
"""Where a Spanish word may be divided: before a syllable's opening consonants."""


@dataclass
class Word:
    """A word as it stands on the page, or the part of it before or after a hyphen."""

    text: str
    box: tuple  # left, top, right, bottom in pixels
    whole: str = ""  # the undivided word, where this is a part of one
    part: int = 0  # 1 before the hyphen, 2 after it


@dataclass
class Leaf:
    """A page being set: its ink, and blocks of lines of words in reading order."""

    size: tuple
    ink: Ink = None
    blocks: list = field(default_factory=list)

    def __post_init__(self):
        self.ink = Ink(self.size)

    def block(self):
        """Begins a block: a title, a paragraph, a row."""
        self.blocks.append([])

    def put(self, words, x, y, size, hand, step=None):
        """Writes `words` from x on the baseline y as one line of the current block.

        A word is text, or (text, whole, part) for a part of a divided one; `step` is the gap.
        """
        step = measure(" ", size, hand) if step is None else step
        line = []
        for word in words:
            text, whole, part = (word, "", 0) if isinstance(word, str) else word
            left, top, right, bottom = extent(text, size, hand)
            box = (x + left, y + top, x + right, y + bottom)
            line.append(Word(text, tuple(round(v) for v in box), whole, part))
            x += write(self.ink, x, y, text, size, hand) + step
        self.blocks[-1].append(line)

    def centred(self, text, y, size, hand, x=None):
        """Writes `text` as a line of the current block around x, the middle of the page unless said."""
        middle = self.size[0] / 2 if x is None else x
        self.put(text.split(), middle - measure(text, size, hand) / 2, y, size, hand)

    def title(self, lines, y, x=None):
        """Centred lines of (text, size, hand, leading after) as one block; returns the next baseline."""
        self.block()
        for text, size, hand, leading in lines:
            self.centred(text, y, size, hand, x)
            y += leading
        return y

    def paragraph(self, text, x, y, width, size, leading, hand=BOOK, indent=0.0):
        """Sets `text` justified as one block and divides long words; returns the next baseline."""
        self.block()
        for words, natural, is_last in _lines(text.split(), width, size, hand, indent):
            start = x + indent
            gaps = max(1, len(words) - 1)
            step = (width - indent - natural) / gaps
            if is_last:
                step = min(step, measure(" ", size, hand))
            self.put(words, start, y, size, hand, step)
            y, indent = y + leading, 0.0
        return y

    def text(self):
        """The words in reading order as plain text: a line a line, an empty line between blocks."""
        lines = ("\n".join(" ".join(w.text for w in line) for line in block) for block in self.blocks)
        return "\n\n".join(lines) + "\n"


def _lines(words, width, size, hand, indent):
    """Breaks `words` into lines: their words, their width without gaps, whether it is the last."""
    gap = measure(" ", size, hand)
    words = list(words)
    while words:
        line, used = [], 0.0
        room = width - indent
        while words:
            w = measure(words[0] if isinstance(words[0], str) else words[0][0], size, hand)
            if line and used + w + gap * len(line) * 0.8 > room:
                divided = _divide(words[0], room - used - gap * len(line) * 0.8, size, hand)
                if divided:
                    head, tail = divided
                    line.append(head)
                    used += measure(head[0], size, hand)
                    words[0] = tail
                break
            line.append(words.pop(0))
            used += w
        yield line, used, not words
        indent = 0.0


def _divide(word, room, size, hand):
    """The longest part of `word` with a hyphen that fits into `room`, and the rest."""
    if not isinstance(word, str):
        return None
    for cut in sorted((m.end() for m in SYLLABLE.finditer(word)), reverse=True):
        head, rest = word[:cut], word[cut:]
        if cut > 2 and len(rest.rstrip(".,;:")) > 2 and measure(head + "-", size, hand) <= room:
            return (head + "-", word, 1), (rest, word, 2)
    return None

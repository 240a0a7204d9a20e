"""What a text file does not say about itself: its encoding, separator and decimal mark."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from trade.importing import limits
from trade.importing.containers import HEAD, Stream
from trade.importing.problems import refuse

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "latin-1")
SEPARATORS = ("\t", ";", ",", "|")
_ASCII_SCANNED = 64 * limits.MB
_AROUND = 4 * limits.KB
_GOOD_SHARE = 0.7

_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_LATIN_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+|[A-ZÀ-ÖØ-Þ]+")


def encoding_of(stream: Stream) -> str:
    """Return the encoding of the text; raise `Refused` where no encoding gives words, or the words are garbled."""
    head = stream.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    name = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    sample = _sample_with_letters(stream, head)
    text = _as_utf8(sample)
    if text is not None:
        _refuse_mojibake(text)
        return name
    scores = {encoding: _wordiness(sample, encoding) for encoding in ("cp1251", "cp866", "latin-1")}
    best = max(scores, key=scores.__getitem__)
    if scores[best] < _GOOD_SHARE:
        raise refuse("ENC-UNKNOWN")
    return best


def _sample_with_letters(stream: Stream, head: bytes) -> bytes:
    """Return the head, or where it is plain ASCII the first stretch that is not."""
    block, seen = head, len(head)
    while block.isascii() and seen < _ASCII_SCANNED:
        following = stream.read(HEAD)
        if not following:
            break
        block, seen = following, seen + len(following)
    if block.isascii():
        return head
    if block is head:
        return head
    first = next(place for place, byte in enumerate(block) if byte > 127)
    return block[max(0, block.rfind(b"\n", 0, first)) : first + _AROUND]


def _as_utf8(sample: bytes) -> str | None:
    try:
        # The sample may end within a character: an incremental decoder waits for the rest.
        return codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
    except UnicodeDecodeError as error:
        # One damaged byte in a text that is UTF-8 throughout is damage, not another encoding.
        letters = len(re.findall(rb"[\xc3-\xd1][\x80-\xbf]", sample))
        strays = len(sample.decode("utf-8", "replace").split("\N{REPLACEMENT CHARACTER}")) - 1
        if letters > 20 and strays * 20 < letters:
            line = sample.count(b"\n", 0, error.start) + 1
            raise refuse("ENC", line=line, encoding="UTF-8") from error
        return None


def _wordiness(sample: bytes, encoding: str) -> float:
    """Return the share of characters outside ASCII that stand in words of one script and one case."""
    text = sample.decode(encoding, "replace")
    foreign = sum(1 for character in text if ord(character) > 127 and character not in "№«»–—…\u00a0±°§")
    pattern = _LATIN_WORD if encoding == "latin-1" else _CYRILLIC_WORD
    good = 0
    for word in _WORD.findall(text):
        strange = sum(1 for letter in word if ord(letter) > 127)
        # A Latin word is recognised by its ASCII letters: accents alone would make Latin words of any bytes.
        if strange and pattern.fullmatch(word) and (encoding != "latin-1" or strange * 2 <= len(word)):
            good += strange
    return good / foreign if foreign else 0.0


def _refuse_mojibake(text: str) -> None:
    """Refuse text that was UTF-8, was read as something else and saved again."""
    runs = _FOREIGN_RUN.findall(text[: 4 * _AROUND])[:400]
    if not runs:
        return
    for encoding in ("cp1251", "cp1252", "latin-1", "cp866"):
        repaired = [(run, fixed) for run in runs if (fixed := _repaired(run, encoding))]
        if len(repaired) * 2 > len(runs):
            raise refuse("ENC-MOJIBAKE", value=repaired[0][0], repaired=repaired[0][1])
    letters = "".join(runs)
    # The first bytes of Cyrillic letters in UTF-8, read as Latin: every second character, even where others were lost.
    if (letters.count("Ð") + letters.count("Ñ")) * 3 > len(letters) or letters.count("\ufffd") * 10 > len(letters):
        raise refuse("ENC-MOJIBAKE", value=runs[0], repaired="…")


def _repaired(run: str, encoding: str) -> str:
    try:
        fixed = run.encode(encoding).decode("utf-8")
    except UnicodeError:
        return ""
    return fixed if re.search("[А-яЁё]", fixed) else ""


def separator_of(lines: Sequence[str]) -> str:
    """Return the separator that cuts the first lines into the most, and equally many, cells."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * min(item[0], 12), item[0]), default=(0, 0))
        score = (width - 1) ** 0.5 * count / max(1, sum(widths.values())) if width else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


_COMMA = re.compile(r"-?\d[\d\s.'’]*,\d+")
_DOT = re.compile(r"-?\d[\d\s,'’]*\.\d+")


def decimal_mark_of(rows: Iterable[Sequence[str]], places: Sequence[int], otherwise: str) -> str:
    """Return `,` or `.`, whichever the numbers at these places of the rows use more often."""
    commas = dots = 0
    for row in rows:
        for place in places:
            if place < len(row):
                cell = row[place]
                commas += _COMMA.fullmatch(cell) is not None
                dots += _DOT.fullmatch(cell) is not None
    return otherwise if commas == dots else "," if commas > dots else "."

"""Build step: cut the typefaces down to what the pages use and write them to `static/fonts/`.

Run as `python -m cooperation.assets`. It does nothing when the fonts on disk were already made
from the same sources with the same choices (`static/fonts/stamp.txt`).

Icons need no step: the `icon` template tag writes them into the page.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

FONTS_DIR = Path(__file__).resolve().parent.parent / "static" / "fonts"
STAMP = "stamp.txt"

# Latin with Central European letters (organisation names), Russian and Belarusian Cyrillic,
# punctuation with thin and no-break spaces, figures above and below, currency, number, arrows, maths, marks.
CHARACTERS = (
    "U+0020-007E, U+00A0-017F, U+0400-045F, U+0490-0491, U+2009-200B, U+2010-2015, U+2018-201E, U+2020-2022, "
    "U+2026, U+202F, U+2030, U+2032-2033, U+2039-203A, U+2044, U+2060, U+2070, U+2074-2079, U+2080-2089, U+20AC, "
    "U+20BD, U+2116, U+2122, U+2190-2193, U+2196-2199, U+2212, U+2248, U+2260, U+2264-2265, U+25A0, U+25C6, U+25CB, "
    "U+25CF, U+2713"
)
FEATURES = ["calt", "case", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "ordn", "pnum", "sups", "tnum"]


@dataclass(frozen=True)
class Face:
    """One file to make: where from, and what to keep of each variable axis."""

    package: str
    file: str
    target: str
    axes: tuple[tuple[str, float | tuple[float, float]], ...]

    @property
    def source(self) -> Path:
        return Path(str(resources.files(self.package))) / "files" / self.file


FACES = (
    Face("fontpkg_inter", "Inter[opsz,wght].ttf", "inter.woff2", (("opsz", 14.0), ("wght", (400.0, 700.0)))),
    Face(
        "fontpkg_source_serif_4",
        "SourceSerif4[opsz,wght].ttf",
        "source-serif.woff2",
        (("opsz", 32.0), ("wght", (400.0, 600.0))),
    ),
)


def stamp() -> str:
    """Return a hash of everything the built files depend on."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for face in FACES:
        digest.update(f"{face.target}:{face.source.stat().st_size}".encode())
    return digest.hexdigest()


def is_current(directory: Path) -> bool:
    written = directory / STAMP
    return (
        written.is_file()
        and written.read_text().strip() == stamp()
        and all((directory / face.target).is_file() for face in FACES)
    )


def build(directory: Path = FONTS_DIR) -> bool:
    """Write the fonts unless they are current; return whether anything was written."""
    if is_current(directory):
        return False
    directory.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        _subset(face, directory / face.target)
    (directory / STAMP).write_text(stamp() + "\n")
    return True


def _subset(face: Face, target: Path) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options()
    options.layout_features = FEATURES
    options.flavor = "woff2"
    options.notdef_outline = True
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]  # the licence travels with the file
    # Subset first: limiting the axes of the whole font takes ten times longer.
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(CHARACTERS))
    font = TTFont(face.source)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, dict(face.axes))
    font.flavor = "woff2"
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        font.save(part)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)  # a reader never sees half a font


def main() -> None:
    written = build()
    total = sum((FONTS_DIR / face.target).stat().st_size for face in FACES)
    print(f"fonts {'written' if written else 'are current'}: {len(FACES)} files, {total // 1024} KB")


if __name__ == "__main__":
    main()

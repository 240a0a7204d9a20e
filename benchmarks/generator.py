"""Customs lines in any number, the same for the same seed: `python -m benchmarks.generator FILE --rows 5000000`.

Ten years of months, 120 partners, 9,000 codes of ten digits. Partners and goods have the long tails that real
trade has (the k-th takes about 1/k). A line is unique in (month, flow, partner, code), as in a real file. The file
has the layout of the customs web export (tabulators, decimal comma); `--normalised` writes the same rows a second
time, ready for COPY, for the reference that imports are measured against.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trade.examples.generating import EXPORTS_TO, IMPORTS_FROM

SEED = 20260101
FIRST_YEAR, YEARS = 2016, 10
CODES = 9000
UNITS = np.array(["", "796", "055", "112", "113"])
HEADER = "napr\tperiod\tnastranapr\ttnved\tedizm\tStoim\tNetto\tKol\tRegion\tRegion_s\n"
REGION = "69000 - ТОМСКАЯ ОБЛАСТЬ\t06-СИБИРСКИЙ ФЕДЕРАЛЬНЫЙ ОКРУГ"
EDITIONS = {year: "H6" if year >= 2022 else "H5" if year >= 2017 else "H4" for year in range(2012, 2030)}


@dataclass(frozen=True)
class World:
    """What can be traded: partners, codes with their unit and price, and the tails of both."""

    partners: Any
    codes: Any
    unit: Any
    price: Any
    partner_tail: Any
    code_tail: Any


def world(draw: np.random.Generator) -> World:
    partners = np.array(list(dict.fromkeys(EXPORTS_TO.split() + IMPORTS_FROM.split()))[:120])
    chapters = [chapter for chapter in range(1, 98) if chapter != 77]
    weight = draw.dirichlet(np.full(len(chapters), 0.8))
    numbers: set[int] = set()
    while len(numbers) < CODES:
        chapter = int(draw.choice(chapters, p=weight))
        numbers.add(chapter * 10**8 + int(draw.integers(1, 60)) * 10**6 + int(draw.integers(0, 90)) * 10**4)
    codes = draw.permutation(np.array(sorted(numbers)))
    return World(
        partners=partners,
        codes=codes,
        unit=draw.choice(len(UNITS), CODES, p=[0.62, 0.26, 0.03, 0.05, 0.04]),
        price=np.exp(draw.normal(1.6, 1.2, CODES)),
        partner_tail=_tail(len(partners)),
        code_tail=_tail(CODES),
    )


def _tail(count: int) -> Any:
    shares = 1 / np.arange(1, count + 1) ** 0.9
    return shares / shares.sum()


def write(path: Path, rows: int, normalised: Path | None = None, months: int = YEARS * 12) -> None:
    """Write the file, and its normalised twin where a path for it is given."""
    draw = np.random.default_rng(SEED)
    known = world(draw)
    with path.open("w", encoding="utf-8") as raw, _opened(normalised) as twin:
        raw.write(HEADER)
        line = 2
        for month in range(months):
            count = rows // months + (month < rows % months)
            raw_lines, twin_lines = _month(draw, known, FIRST_YEAR + month // 12, month % 12 + 1, count, line)
            raw.write("".join(raw_lines))
            if normalised:
                twin.write("".join(twin_lines))
            line += count


def _opened(path: Path | None) -> Any:
    return (path or Path("/dev/null")).open("w", encoding="utf-8")


def _month(
    draw: np.random.Generator, known: World, year: int, month: int, count: int, line: int
) -> tuple[list[str], list[str]]:
    keys = np.empty(0, np.int64)
    places = len(known.partners)
    while len(keys) < count:
        more = int((count - len(keys)) * 1.7) + 1000
        flow = (draw.random(more) < 0.7).astype(np.int64)
        partner = draw.choice(places, more, p=known.partner_tail)
        goods = (draw.choice(CODES, more, p=known.code_tail) + partner * 37) % CODES
        keys = np.unique(np.concatenate([keys, (partner * 2 + flow) * CODES + goods]))
    keys = np.sort(draw.choice(keys, count, replace=False))
    goods, flow, partner = keys % CODES, keys // CODES % 2, keys // (CODES * 2)
    net = np.maximum(np.round(np.exp(draw.normal(4.5, 2.0, count)) / (1 + partner / 40), 3), 0.001)
    value = np.maximum(np.round(net * known.price[goods] * np.exp(draw.normal(0, 0.3, count)), 2), 0.01)
    unit = known.unit[goods]
    quantity = np.where(unit > 0, np.round(np.maximum(net / 3, 1)), 0)
    raw, twin = [], []
    columns = zip(
        flow.tolist(), known.partners[partner].tolist(), known.codes[goods].tolist(), UNITS[unit].tolist(),
        value.tolist(), net.tolist(), quantity.tolist(), strict=True,
    )  # fmt: skip
    for place, (is_import, country, code, measured, usd, kg, amount) in enumerate(columns, line):
        numbers = f"{usd:.2f}\t{kg:.3f}\t{amount:.0f}".replace(".", ",")
        direction = "ИМ" if is_import else "ЭК"
        raw.append(f"{direction}\t{month:02d}/{year}\t{country}\t{code:010d}\t{measured}\t{numbers}\t{REGION}\n")
        twin.append(
            f"{year}-{month:02d}-01\t{place}\t1\t10\tRU-TOM\t{country}\t{'M' if is_import else 'X'}\t{code:010d}\t"
            f"{measured}\t{EDITIONS[year]}\tA\t{usd:.2f}\t{kg:.3f}\t{f'{amount:.0f}' if measured else chr(92) + 'N'}\n"
        )
    return raw, twin


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--months", type=int, default=YEARS * 12)
    arguments.add_argument("--normalised", type=Path)
    given = arguments.parse_args()
    write(given.file, given.rows, given.normalised, given.months)


if __name__ == "__main__":
    main()

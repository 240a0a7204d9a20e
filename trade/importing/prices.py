"""What a kilogram costs, by chapter: how thousand dollars taken for dollars, or tonnes for kilograms, are noticed.

For each chapter one typical price in dollars a kilogram, rounded to the order of magnitude that world trade shows. The
band is a hundred times down and up from it: goods of one chapter differ by less, an error of a thousand leaves
the band. A row is suspected only where it lies outside and a factor of 1000 would bring it back inside.
"""

from __future__ import annotations

WIDTH = 100

_TYPICAL = {
    # animals, plants, food
    "01": 4, "02": 4, "03": 4, "04": 3, "05": 3, "06": 4, "07": 1, "08": 1.5, "09": 4, "10": 0.3, "11": 0.6, "12": 0.8,
    "13": 10, "14": 1, "15": 1.2, "16": 5, "17": 1, "18": 5, "19": 2.5, "20": 1.5, "21": 5, "22": 1.5, "23": 0.5,
    "24": 10,
    # minerals, chemistry, plastics
    "25": 0.15, "26": 0.3, "27": 0.4, "28": 1, "29": 2, "30": 80, "31": 0.35, "32": 4, "33": 10, "34": 3, "35": 4,
    "36": 8, "37": 15, "38": 4, "39": 3, "40": 4,
    # leather, wood, paper
    "41": 6, "42": 20, "43": 60, "44": 0.5, "45": 6, "46": 5, "47": 0.6, "48": 1.3, "49": 8,
    # textiles, clothing, shoes
    "50": 40, "51": 12, "52": 4, "53": 3, "54": 4, "55": 3.5, "56": 4, "57": 4, "58": 8, "59": 7, "60": 6, "61": 18,
    "62": 20, "63": 6, "64": 15, "65": 15, "66": 6, "67": 12,
    # stone, glass, precious metals, metals
    "68": 0.8, "69": 0.8, "70": 1.2, "71": 3000, "72": 0.8, "73": 2, "74": 8, "75": 15, "76": 4, "78": 2.2, "79": 2.8,
    "80": 20, "81": 15, "82": 15, "83": 6,
    # machinery, vehicles, instruments, other
    "84": 15, "85": 20, "86": 4, "87": 9, "88": 300, "89": 4, "90": 60, "91": 60, "92": 20, "93": 40, "94": 5, "95": 8,
    "96": 8, "97": 100,
}  # fmt: skip

BANDS = {chapter: (typical / WIDTH, typical * WIDTH) for chapter, typical in _TYPICAL.items()}
"""Chapter → lowest and highest plausible price, dollars a kilogram."""
ANY_PRICE = (0.0, float("inf"))
"""For codes outside the chapters: hidden goods, totals."""


def suspicion(value: float, net_kg: float, low: float, high: float) -> str:
    """Return the name of the rule that the price breaks, given the band of its chapter, or an empty text."""
    if value <= 0 or net_kg <= 0:
        return ""
    price = value / net_kg
    if price < low <= price * 1000:
        return "UNIT-MONEY"
    if price > high >= price / 1000:
        return "UNIT-WEIGHT"
    return ""

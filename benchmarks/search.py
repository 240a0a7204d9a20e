"""Search over 100,000 rows, as a reader waits for it: rare and frequent words, a beginning, a misspelt word.

The rows are outcomes of meetings, measures and organisations with texts of 5 to 30 words, drawn from a vocabulary with
the frequencies of a natural language (the n-th word stands in about 1/n of the texts).
"""

from __future__ import annotations

import random
import statistics
import time

from benchmarks.report import Table

ROWS = 100_000
ROUNDS = 15
_SYLLABLES = [
    "ба",
    "ве",
    "го",
    "ду",
    "жи",
    "за",
    "ки",
    "ла",
    "мо",
    "ну",
    "пе",
    "ра",
    "со",
    "те",
    "фу",
    "хо",
    "ци",
    "ча",
    "ше",
    "ря",
]
_ENDINGS = ("", "а", "у", "ом", "ами", "ов", "ы")


def _vocabulary(draw: random.Random, size: int = 30_000) -> list[str]:
    return ["".join(draw.choices(_SYLLABLES, k=draw.randint(2, 5))) + "к" for __ in range(size)]


def load(rows: int = ROWS) -> list[str]:
    """Fill the database through the models, so that the triggers write the index; return the vocabulary."""
    from agreements.models import Agreement, Measure, Plan
    from parties.models import Organisation, Partnership
    from parties.periods import Period
    from workgroup.models import Meeting, Outcome

    draw = random.Random(4)
    words = _vocabulary(draw)
    weights = [1 / (place + 1) for place in range(len(words))]
    totals = [weights[0]]
    for weight in weights[1:]:
        totals.append(totals[-1] + weight)

    def text() -> str:
        drawn = draw.choices(words, cum_weights=totals, k=draw.randint(5, 30))
        return " ".join(word + draw.choice(_ENDINGS) for word in drawn)

    partnership = Partnership.objects.order_by("pk")[0]
    agreement = Agreement.objects.create(partnership=partnership, level="region", title_ru="Нагрузка", title_en="Load")
    plan = Plan.objects.create(agreement=agreement, title_ru="Нагрузка", period=Period.year(2026))
    meeting = Meeting.objects.create(
        partnership=partnership, level="other", title_ru="Нагрузка", held=Period.year(2026)
    )
    third = rows // 3
    Outcome.objects.bulk_create(
        (Outcome(meeting=meeting, kind="decision", text_ru=text(), order=n % 30_000) for n in range(third)),
        batch_size=2000,
    )
    Measure.objects.bulk_create(
        (Measure(plan=plan, number=str(n), text_ru=text(), deadline=Period.year(2026)) for n in range(third)),
        batch_size=2000,
    )
    Organisation.objects.bulk_create(
        (Organisation(kind="company", name_ru=text()[:300], name_en="") for __ in range(rows - 2 * third)),
        batch_size=2000,
    )
    return words


def run() -> Table:
    from django.db import connection

    from dashboards.search import Question, search
    from documents.models import SearchEntry

    began = time.perf_counter()
    words = load()
    loading = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE documents_searchentry")
        cursor.execute("VACUUM ANALYZE documents_searchword")
    table = Table(f"Search over {SearchEntry.objects.count():,} rows", ("question", "found", "median ms", "worst ms"))
    misspelt = words[300][:-3] + words[300][-2] + words[300][-3] + words[300][-1]
    questions = {
        "the most frequent word": words[0],
        "a frequent word": words[20],
        "a rare word": words[20_000],
        "two frequent words": f"{words[3]} {words[5]}",
        "a beginning of three letters": words[50][:3],
        "a misspelt word": misspelt,
        "two words, one misspelt": f"{words[1]} {misspelt}",
        "an unknown word": "абвгдеёжзик",
        "one kind, the second page": words[20],
    }
    for name, text in questions.items():
        asked = Question(text, kind="outcomes", page=2) if "kind" in name else Question(text)
        found = search(asked)
        times = []
        for __ in range(ROUNDS):
            began = time.perf_counter()
            search(asked)
            times.append((time.perf_counter() - began) * 1000)
        table.add(name, f"{found.total:,}{'+' * found.is_more}", f"{statistics.median(times):.1f}", f"{max(times):.1f}")
    table.add("(loading it with the index, s)", f"{ROWS:,}", f"{loading:.0f}", "")
    return table

"""The lines of yearly reports that speak of the rows of a chain."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from dashboards.chain.walking import Links

# Where the newest version of each report keeps the ids of the rows of each kind.
_MENTIONS = {
    "agreements": "$.agreements.items[*].id",
    "plans": "$.measures.plans[*].id",
    "outcomes": "$.meetings.items[*].outcomes[*].id",
    "projects": "$.projects.items[*].id",
    "deliveries": "$.projects.deliveries[*].id",
}


@dataclass(frozen=True)
class Reported:
    """The newest version of a year's report, and how many of its lines speak of the chain."""

    year: int
    number: int
    lines: int

    @property
    def page(self) -> str:
        return reverse("reports:version", args=[self.year, self.number])


def reported(links: Links) -> list[Reported]:
    """Return the reports that speak of rows of the chain, newest year first (1 query)."""
    parts = " UNION ALL ".join(
        f"SELECT jsonb_path_query(v.content, %(path_{name})s)::bigint AS id, %(ids_{name})s::bigint[] AS ids"
        for name in _MENTIONS
    )
    # The parts are ours; whatever comes from outside is a parameter.
    query = (
        "WITH v AS (SELECT DISTINCT ON (report_id) report_id, number, content FROM reports_version"  # noqa: S608
        " ORDER BY report_id, number DESC)"
        " SELECT r.year, v.number, count(*) FROM v JOIN reports_report r ON r.id = v.report_id"
        f" CROSS JOIN LATERAL ({parts}) AS line WHERE line.id = ANY (line.ids)"
        " GROUP BY r.year, v.number, r.id ORDER BY r.year DESC, r.id"
    )
    parameters: dict[str, str | list[int]] = {f"path_{name}": path for name, path in _MENTIONS.items()}
    parameters |= {f"ids_{name}": sorted(getattr(links, name)) for name in _MENTIONS}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [Reported(*row) for row in cursor.fetchall()]

"""Tables of observations and sums: partitions, partial indexes and the "C" order of codes are beyond the model state.

Partitions, one for each dataset and year, are made by `trade.releases` when the first rows of a year are published.
"""

from django.db import migrations

FIGURES = """
    period date NOT NULL,
    opened integer NOT NULL,
    closed integer,
    {more}
    dataset_id smallint NOT NULL,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 12),
    {level}
    reporter text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    flow text COLLATE "C" NOT NULL CHECK (flow IN ('X', 'M', 'RX', 'RM')),
    value numeric(20, 2),
    net_kg numeric(20, 3),
    CHECK (closed > opened),
    CHECK (extract(day FROM period) = 1)
"""

OBSERVATION = FIGURES.format(
    more="line integer NOT NULL,",
    level="""level smallint NOT NULL,
    commodity text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    edition text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,""",
)

CREATE = f"""
CREATE TABLE trade_observation ({OBSERVATION}, quantity numeric(20, 3)) PARTITION BY RANGE (dataset_id, period);
CREATE UNIQUE INDEX trade_observation_key ON trade_observation
    (dataset_id, period, partner, flow, commodity, unit, months, reporter) WHERE closed IS NULL;
CREATE INDEX trade_observation_goods ON trade_observation (commodity, partner) WHERE closed IS NULL;
CREATE INDEX trade_observation_past ON trade_observation (period, partner, flow, commodity) WHERE closed IS NOT NULL;

CREATE TABLE trade_partner_total (
    {FIGURES.format(more="lines integer NOT NULL,", level="")},
    lines_value numeric(20, 2),
    hidden_value numeric(20, 2)
);
CREATE UNIQUE INDEX trade_partner_total_key ON trade_partner_total
    (dataset_id, reporter, partner, flow, period, months) WHERE closed IS NULL;
CREATE INDEX trade_partner_total_past ON trade_partner_total
    (dataset_id, reporter, partner, flow, period) WHERE closed IS NOT NULL;
CREATE INDEX trade_partner_total_period ON trade_partner_total (dataset_id, period) WHERE closed IS NULL;

CREATE TABLE trade_chapter_total (
    {FIGURES.format(more="lines integer NOT NULL,", level='chapter text COLLATE "C" NOT NULL,')}
) PARTITION BY RANGE (dataset_id, period);
CREATE UNIQUE INDEX trade_chapter_total_key ON trade_chapter_total
    (partner, reporter, period, flow, chapter, months, dataset_id) WHERE closed IS NULL;
CREATE INDEX trade_chapter_total_past ON trade_chapter_total (partner, reporter, period) WHERE closed IS NOT NULL;
CREATE INDEX trade_chapter_total_period ON trade_chapter_total (period, chapter) WHERE closed IS NULL;
"""

DROP = "DROP TABLE trade_observation, trade_partner_total, trade_chapter_total;"


class Migration(migrations.Migration):
    dependencies = [("trade", "0002_releases_and_observations")]

    operations = [migrations.RunSQL(CREATE, DROP)]

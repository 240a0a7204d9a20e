"""Sums of months by year, of what stands today: ranks through the years are read from them."""

from django.db import migrations

CREATE = """
CREATE TABLE trade_partner_year (
    dataset_id smallint NOT NULL,
    reporter text COLLATE "C" NOT NULL,
    flow text COLLATE "C" NOT NULL,
    year date NOT NULL CHECK (year = date_trunc('year', year)),
    partner text COLLATE "C" NOT NULL,
    value numeric(24, 2),
    net_kg numeric(24, 3),
    PRIMARY KEY (dataset_id, reporter, flow, year, partner)
);
INSERT INTO trade_partner_year
SELECT dataset_id, reporter, flow, date_trunc('year', period)::date, partner,
    CASE WHEN count(value) = count(*) THEN sum(value) END, CASE WHEN count(net_kg) = count(*) THEN sum(net_kg) END
FROM trade_partner_total WHERE closed IS NULL AND months = 1 GROUP BY 1, 2, 3, 4, 5;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0003_observations_and_sums")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE trade_partner_year")]

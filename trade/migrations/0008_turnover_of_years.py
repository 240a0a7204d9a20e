"""The turnover of each year stands beside its flows; totals of partners are read from their indexes alone."""

from django.db import migrations

KEY = """
DROP INDEX trade_partner_total_key;
CREATE UNIQUE INDEX trade_partner_total_key ON trade_partner_total
    (dataset_id, reporter, partner, flow, period, months){} WHERE closed IS NULL;
ALTER TABLE trade_partner_year DROP CONSTRAINT trade_partner_year_pkey,
    ADD PRIMARY KEY (dataset_id, reporter, flow, year, partner){};
"""
COVERED = (" INCLUDE (opened, value, net_kg, lines, lines_value, hidden_value)", " INCLUDE (value, net_kg)")
ADD = """
INSERT INTO trade_partner_year
SELECT dataset_id, reporter, 'T', year, partner,
    CASE WHEN count(value) = count(*) THEN sum(value) END, CASE WHEN count(net_kg) = count(*) THEN sum(net_kg) END
FROM trade_partner_year WHERE flow IN ('X', 'M') GROUP BY dataset_id, reporter, year, partner;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0007_releases_by_partner")]

    operations = [
        migrations.RunSQL(ADD, "DELETE FROM trade_partner_year WHERE flow = 'T'"),
        migrations.RunSQL(KEY.format(*COVERED), KEY.format("", "")),
    ]

"""The turnover of each year beside its flows: places by turnover are read from it."""

from django.db import migrations

ADD = """
INSERT INTO trade_partner_year
SELECT dataset_id, reporter, 'T', year, partner,
    CASE WHEN count(value) = count(*) THEN sum(value) END, CASE WHEN count(net_kg) = count(*) THEN sum(net_kg) END
FROM trade_partner_year WHERE flow IN ('X', 'M') GROUP BY dataset_id, reporter, year, partner;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0007_releases_by_partner")]

    operations = [migrations.RunSQL(ADD, "DELETE FROM trade_partner_year WHERE flow = 'T'")]

"""Has amendments of agreements found."""

from django.db import migrations

from documents.indexing import index_table


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0001_index_for_search"),
        ("agreements", "0004_register"),
    ]

    operations = [
        index_table(
            "agreements.amendment", "agreements", titles="number", texts="subject_ru subject_en", dated="signed"
        ),
    ]

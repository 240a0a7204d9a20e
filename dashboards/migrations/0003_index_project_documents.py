"""Has documents of projects found."""

from django.db import migrations

from documents.indexing import index_table


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0002_index_register"),
        ("projects", "0002_budgets_confidence_and_documents"),
    ]

    operations = [
        index_table(
            "projects.projectdocument", "projects", titles="title_ru title_en file_name", dated="dated"
        ),
    ]

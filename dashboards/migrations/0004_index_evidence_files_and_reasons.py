"""Has found what stands beside measures, agreements, projects and releases: files, reasons, indicators, money."""

from django.db import migrations

from documents.indexing import index_table


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0003_index_project_documents"),
        ("agreements", "0004_register"),
        ("projects", "0002_budgets_confidence_and_documents"),
        ("trade", "0003_observations_and_sums"),
    ]

    operations = [
        index_table("agreements.agreementfile", "agreements", titles="file_name", dated="dated"),
        index_table("agreements.indicator", "measures", titles="name_ru name_en"),
        index_table("agreements.evidence", "progress-notes", titles="name"),
        index_table("agreements.statusoverride", "progress-notes", texts="reason", dated="dated"),
        index_table("agreements.yearlyitem", "progress-notes", texts="note"),
        index_table("projects.assessment", "projects", texts="reason", dated="dated"),
        index_table("projects.budgetline", "projects", texts="purpose_ru purpose_en", dated="period"),
        index_table("trade.release", "trade", titles="file_name", texts="note", dated="published_on"),
    ]

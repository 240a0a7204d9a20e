"""Hangs the index of search on the tables of all apps. Columns are read by name: one that goes leaves words out."""

from django.db import migrations

from documents.indexing import index_table


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0003_saved_views"),
        ("documents", "0003_search_index"),
        ("agreements", "0002_initial"),
        ("projects", "0001_initial"),
        ("trade", "0003_observations_and_sums"),
        ("workgroup", "0001_initial"),
        ("reports", "0001_initial"),
    ]

    operations = [
        index_table(
            "agreements.agreement", "agreements", titles="title_ru title_en number", texts="subject_ru subject_en",
            more="place_ru place_en", dated="concluded",
        ),
        index_table("agreements.statedcount", "agreements", titles="subject_ru subject_en", dated="as_of"),
        index_table("agreements.article", "articles", titles="number", texts="text_ru text_en"),
        index_table("agreements.plan", "plans", titles="title_ru title_en", dated="period"),
        index_table(
            "agreements.measure", "measures", titles="number text_ru text_en", more="section", dated="deadline"
        ),
        index_table("agreements.progressnote", "progress-notes", texts="text", dated="dated"),
        index_table(
            "agreements.postponement", "progress-notes", texts="reason", more="agreed_by", dated="decided_on"
        ),
        index_table(
            "projects.project", "projects", titles="title_ru title_en", texts="summary_ru summary_en",
            more="hs_codes", dated="period",
        ),
        index_table("projects.milestone", "milestones", titles="title_ru title_en", dated="planned"),
        index_table(
            "projects.delivery", "deliveries", titles="what_ru what_en", texts="receiver_ru receiver_en",
            more="hs_code", dated="period",
        ),
        index_table("workgroup.workgroup", "meetings", titles="name_ru name_en", texts="duty_ru duty_en"),
        index_table(
            "workgroup.meeting", "meetings", titles="number title_ru title_en", texts="summary_ru summary_en",
            more="place_ru place_en", dated="held",
        ),
        index_table(
            "workgroup.outcome", "outcomes", titles="number text_ru text_en", more="assignee_text", dated="deadline"
        ),
        index_table("workgroup.attendance", "people", titles="name", texts="post_ru post_en"),
        index_table("parties.person", "people", titles="name_ru name_en"),
        index_table("parties.post", "people", texts="title_ru title_en", dated="stated"),
        index_table(
            "parties.organisation", "organisations", titles="name_ru name_en short_name_ru short_name_en"
        ),
        index_table("documents.mention", "organisations", texts="text_ru text_en"),
        index_table(
            "documents.source", "sources", titles="code title_ru title_en", texts="publisher_ru publisher_en",
            dated="published",
        ),
        index_table("documents.fact", "facts", titles="code", texts="text_ru text_en"),
        index_table("trade.commodity", "goods", titles="commodity_code name_ru name_en"),
        index_table("trade.tradearea", "areas", titles="code name_ru name_en", more="iso3"),
        index_table(
            "trade.dataset", "trade", titles="code name_ru name_en", texts="description_ru description_en",
        ),
        index_table("trade.publishedfigure", "trade", texts="note_ru note_en", dated="period"),
        index_table("trade.structurenote", "trade", texts="text_ru text_en", dated="period"),
        index_table("trade.target", "trade", texts="horizon_ru horizon_en", dated="set_on"),
        index_table("reports.report", "reports", titles="year", fixed="отчет доклад report"),
    ]

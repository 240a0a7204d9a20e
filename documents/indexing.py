"""The index of search: one entry for each row that can be found, written by triggers of the database.

A row is found, or no longer found, in the same transaction that wrote it, whoever wrote it (form, API, import, SQL).
The triggers hang on the tables of all apps; `index_table` makes the step of a migration that hangs one up. The texts
of a row are taken from it as JSON, by the names of their columns.

Words are normalised (`documents_search_text`, migration 0003): lower case, ё = е, nothing but letters and digits. The
text search configuration `russian` stems Cyrillic words by the Russian rules and Latin ones by the English rules, so
one vector serves both languages.
"""

from __future__ import annotations

from django.db import migrations


def index_table(
    model: str, kind: str, *, titles: str = "", texts: str = "", more: str = "", dated: str = "", fixed: str = ""
) -> migrations.RunSQL:
    """Return the step that indexes the rows of a model, those there are and those to come.

    `model` is its label (`agreements.measure`); `titles`, `texts` and `more` name columns whose words weigh most,
    less and least; `dated` is the column of its day or period; `fixed` are words by which each row is found.
    """
    table = model.replace(".", "_")
    arguments = (model, kind, fixed, titles, texts, more, dated)
    lists = ", ".join(f"string_to_array('{names}', ' ')" for names in (titles, texts, more))
    columns = "', '".join(arguments)
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER index_for_search AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION documents_index_for_search('{columns}');
        SELECT documents_index_row(to_jsonb(one), '{model}', '{kind}', '{fixed}', {lists}, '{dated}') FROM {table} one;
        """,  # noqa: S608 – written in migrations only
        f"""
        DROP TRIGGER index_for_search ON {table};
        DELETE FROM documents_searchentry WHERE model = '{model}';
        """,  # noqa: S608
    )

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

SEARCH_TEXT = r"""
CREATE FUNCTION documents_search_text(VARIADIC texts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(lower(normalize(array_to_string(texts, ' '), NFC)), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g')
$$;
"""

# A word is added when no other transaction is seen to have it. Two at once may both add it: a word that stands
# there twice does no harm, while a unique index would make writers wait for each other, and deadlock.
INDEX_ROW = r"""
CREATE FUNCTION documents_index_row(
    written jsonb, of_model text, of_kind text, fixed text, titles text[], texts text[], more text[], dated text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    heading text := documents_search_text(fixed, (SELECT string_agg(written ->> name, ' ') FROM unnest(titles) name));
    body text := documents_search_text((SELECT string_agg(written ->> name, ' ') FROM unnest(texts) name));
    rest text := documents_search_text((SELECT string_agg(written ->> name, ' ') FROM unnest(more) name));
    stems tsvector := setweight(to_tsvector('pg_catalog.russian', coalesce(heading, '')), 'A')
        || setweight(to_tsvector('pg_catalog.russian', coalesce(body, '')), 'B')
        || setweight(to_tsvector('pg_catalog.russian', coalesce(rest, '')), 'C');
    days daterange := CASE
        WHEN written ->> dated ~ '^[[(]' THEN (written ->> dated)::daterange
        WHEN written ->> dated IS NOT NULL THEN daterange((written ->> dated)::date, (written ->> dated)::date, '[]')
    END;
    example boolean := coalesce((written ->> 'is_example')::boolean, false);
BEGIN
    IF stems = '' THEN
        DELETE FROM documents_searchentry WHERE model = of_model AND object_id = (written ->> 'id')::bigint;
        RETURN;
    END IF;
    -- No word has a sign in it: so the index finds the rows of one kind as it finds those with a word.
    stems := stems || array_to_tsvector(ARRAY['kind=' || of_kind]);
    INSERT INTO documents_searchentry AS known (model, object_id, kind, vector, period, is_example)
    VALUES (of_model, (written ->> 'id')::bigint, of_kind, stems, days, example)
    ON CONFLICT (model, object_id) DO UPDATE
        SET kind = EXCLUDED.kind, vector = EXCLUDED.vector, period = EXCLUDED.period, is_example = EXCLUDED.is_example
        WHERE (known.kind, known.vector, known.period, known.is_example)
            IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.vector, EXCLUDED.period, EXCLUDED.is_example);
    INSERT INTO documents_searchword (word, stem)
    SELECT new.word, lexeme.stem
    FROM (
        SELECT DISTINCT word FROM regexp_split_to_table(concat_ws(' ', heading, body, rest), ' +') word
        WHERE length(word) BETWEEN 1 AND 60
            -- A subquery for each word keeps to the index whatever the planner thinks of the size of the table.
            AND (SELECT TRUE FROM documents_searchword known WHERE known.word = word.word LIMIT 1) IS NULL
        OFFSET 0
    ) new
    CROSS JOIN LATERAL (SELECT (tsvector_to_array(to_tsvector('pg_catalog.russian', new.word)))[1] AS stem) lexeme
    WHERE lexeme.stem IS NOT NULL;
END $$;
"""

INDEX_FOR_SEARCH = r"""
CREATE FUNCTION documents_index_for_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM documents_searchentry WHERE model = TG_ARGV[0] AND object_id = OLD.id;
    ELSE
        PERFORM documents_index_row(
            to_jsonb(NEW), TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], string_to_array(TG_ARGV[3], ' '),
            string_to_array(TG_ARGV[4], ' '), string_to_array(TG_ARGV[5], ' '), TG_ARGV[6]);
    END IF;
    RETURN NULL;
END $$;
"""

FUNCTIONS = SEARCH_TEXT + INDEX_ROW + INDEX_FOR_SEARCH
DROP_FUNCTIONS = """
DROP FUNCTION documents_index_for_search();
DROP FUNCTION documents_index_row(jsonb, text, text, text, text[], text[], text[], text);
DROP FUNCTION documents_search_text(text[]);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_initial'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(null=True)),
                ('is_example', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'search entries',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['vector'], name='search_entry_vector')],
                'constraints': [models.UniqueConstraint(fields=('model', 'object_id'), name='search_entry_once_per_row')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_collation='C', max_length=60)),
                ('stem', models.CharField(db_collation='C', max_length=60)),
            ],
            options={
                'indexes': [models.Index(fields=['word'], name='search_word'), models.Index(fields=['stem'], name='search_word_stem'), django.contrib.postgres.indexes.GinIndex(fields=['word'], name='search_word_trigrams', opclasses=['gin_trgm_ops'])],
            },
        ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]

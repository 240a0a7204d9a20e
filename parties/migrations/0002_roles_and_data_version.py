"""The one row of the data version, and one group for each role."""

from django.db import migrations

ROLES = ("official", "secretary", "statistician", "analyst", "reviewer", "executor", "administrator")


def add_rows(apps, schema_editor):
    apps.get_model("parties", "DataVersion").objects.get_or_create(pk=1)
    for role in ROLES:
        apps.get_model("auth", "Group").objects.get_or_create(name=role)


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trade", "0005_undos")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting"),
                    ("reading", "being read"),
                    ("unmapped", "columns to be named"),
                    ("ready", "ready to be confirmed"),
                    ("confirmed", "confirmed, waiting"),
                    ("publishing", "being published"),
                    ("published", "published"),
                    ("unchanged", "nothing new in it"),
                    ("refused", "file refused"),
                    ("cancelled", "cancelled"),
                    ("expired", "expired"),
                    ("failed", "failed"),
                ],
                default="queued",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0004_partner_years"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Undo",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="requested")),
                ("nudged_at", models.DateTimeField(blank=True, null=True, verbose_name="last sent to the broker")),
                ("attempt", models.PositiveSmallIntegerField(default=0, verbose_name="attempt")),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="lease until")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("error", models.CharField(blank=True, max_length=32, verbose_name="error number")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "being undone"),
                            ("done", "undone"),
                            ("refused", "not possible"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undos",
                        to="trade.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at"],
                "indexes": [models.Index(fields=["state", "lease_until"], name="undo_sweep")],
            },
        ),
    ]

"""The Celery application: `celery -A cooperation worker`, `celery -A cooperation beat`."""

import os

from celery import Celery
from celery.signals import heartbeat_sent
from django.core.cache import cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cooperation.settings")
app = Celery("cooperation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@heartbeat_sent.connect
def say_alive(**kwargs: object) -> None:
    """Let the readiness page see this worker (a sign of life every two seconds)."""
    cache.set("worker-alive", True, timeout=15)

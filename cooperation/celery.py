"""The Celery application: `celery -A cooperation worker`, `celery -A cooperation beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cooperation.settings")
# Checking the site loads the code of all its pages, a quarter of a worker's memory; the web server does it, too.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("cooperation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

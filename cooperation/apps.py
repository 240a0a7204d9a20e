from django.apps import AppConfig

from cooperation.celery import app as celery_app

__all__ = ["celery_app"]  # importing it here binds shared tasks to the broker in every process


class CooperationConfig(AppConfig):
    name = "cooperation"

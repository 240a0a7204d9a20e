from django.apps import AppConfig


class WorkgroupConfig(AppConfig):
    name = "workgroup"

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "privyseal.approvals"

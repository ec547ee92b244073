from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "privyseal.sealing"

"""Lists that people keep, each for themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import privyseal.identity.models.people


class Migration(migrations.Migration):
    dependencies = [("identity", "0233_initials")]

    operations = [
        migrations.CreateModel(
            name="KeptList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uid",
                    models.CharField(
                        default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True
                    ),
                ),
                ("place", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=40)),
                ("asked", models.CharField(max_length=1000)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "kept_list",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "place", "name"), name="one_list_a_name"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="kept_list_has_a_name"),
                ],
            },
        ),
    ]

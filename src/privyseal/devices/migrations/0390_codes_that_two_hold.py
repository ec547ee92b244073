"""Codes that two hold, and words that say whether whoever asks for one is made to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("devices", "0386_mountings_at_the_key")]

    operations = [
        migrations.AddField(
            model_name="device", name="is_dual", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(model_name="machineuse", name="is_dual", field=models.BooleanField(null=True)),
        migrations.AddField(model_name="machineuse", name="is_forced", field=models.BooleanField(null=True)),
        migrations.AddConstraint(
            model_name="machineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_dual", None), ("is_forced", None)), ("minutes__gt", 0), _connector="OR"
                ),
                name="only_a_code_is_halved_or_forced",
            ),
        ),
        migrations.CreateModel(
            name="CodeWords",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("usual", models.CharField(max_length=128)),
                ("forced", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField()),
            ],
            options={"db_table": "device_code_words"},
        ),
    ]

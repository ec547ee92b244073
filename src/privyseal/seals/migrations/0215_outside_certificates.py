"""Certificates of seals that an authority outside is asked for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("seals", "0234_by_initials"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
                ("brought_at", models.DateTimeField(null=True)),
                ("chain", models.BinaryField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "brought_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "permit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outside", to="seals.permit"
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside",
                        to="seals.sealversion",
                    ),
                ),
            ],
            options={
                "db_table": "outside_certificate",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("brought_at", None), ("brought_by", None)),
                            models.Q(("brought_at__isnull", False), ("brought_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="outside_certificate_is_brought_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("chain", None), ("version", None)),
                            models.Q(
                                ("brought_at__isnull", False), ("chain__isnull", False), ("version__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="outside_certificate_has_its_chain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("given_up_at", None), ("version", None), _connector="OR"),
                        name="what_was_given_up_is_no_version",
                    ),
                ],
            },
        ),
    ]

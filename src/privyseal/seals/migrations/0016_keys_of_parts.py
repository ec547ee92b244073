"""A part in a permit is found by whose it is; digests of documents are bytes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import privyseal.identity.models.digests

KEYS = """
ALTER TABLE permit_part DROP CONSTRAINT holder_is_not_approver, DROP COLUMN id;
ALTER TABLE permit_part ADD CONSTRAINT holder_is_not_approver PRIMARY KEY (permit_id, person_id);
ALTER TABLE permit_line ALTER document_sha256 TYPE bytea USING decode(document_sha256, 'hex');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("seals", "0015_posts_to_come"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            KEYS,
            state_operations=[
                migrations.DeleteModel("PermitPart"),
                migrations.CreateModel(
                    name="PermitPart",
                    fields=[
                        ("pk", models.CompositePrimaryKey("permit_id", "person_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("permit", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="seals.permit")),
                        ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("part", models.CharField(choices=[("holder", "Holder"), ("approver", "Approver"), ("receiver", "Receiver"), ("witness", "Witness")], max_length=16)),
                    ],
                    options={"db_table": "permit_part"},
                ),
                migrations.AlterField("permitline", "document_sha256", privyseal.identity.models.digests.DigestField()),
            ],
        ),
    ]

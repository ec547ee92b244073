"""The digest of a document is bytes, as it is in lines and permits."""

from django.db import migrations

import privyseal.identity.models.digests


class Migration(migrations.Migration):
    dependencies = [("sealing", "0004_evidence")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE document ALTER sha256 TYPE bytea USING decode(sha256, 'hex')",
            state_operations=[migrations.AlterField("document", "sha256", privyseal.identity.models.digests.DigestField())],
        ),
    ]

from django.db import migrations

import privyseal.identity.models.digests


class Migration(migrations.Migration):
    """Of a digest as of all others: compared with theirs, as text it ended the job that keeps new pages."""

    dependencies = [("custody", "0012_blanks")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE page_print ALTER COLUMN document_sha256 TYPE bytea USING decode(document_sha256, 'hex')",
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.AlterField("pageprint", "document_sha256", privyseal.identity.models.digests.DigestField())
            ],
        )
    ]

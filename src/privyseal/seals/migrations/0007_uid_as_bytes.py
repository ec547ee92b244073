"""Keep the ids of permits, and of what they came from, as bytes, in half the room."""

from django.db import migrations

import privyseal.identity.models.digests
import privyseal.identity.models.people


class Migration(migrations.Migration):
    dependencies = [("seals", "0006_level_and_prefix")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE permit ALTER COLUMN uid TYPE bytea USING decode(uid, 'hex'),"
                    " ALTER COLUMN application_uid TYPE bytea USING decode(application_uid, 'hex')",
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="permit",
                    name="uid",
                    field=privyseal.identity.models.digests.DigestField(
                        default=privyseal.identity.models.people.new_uid, editable=False
                    ),
                ),
                migrations.AlterField(
                    model_name="permit", name="application_uid", field=privyseal.identity.models.digests.DigestField()
                ),
            ],
        )
    ]

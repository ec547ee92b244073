"""Keep the ids of applications as bytes, in half the room."""

from django.db import migrations

import privyseal.identity.models.digests
import privyseal.identity.models.people


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_policies")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE application ALTER COLUMN uid TYPE bytea USING decode(uid, 'hex')", migrations.RunSQL.noop
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="application",
                    name="uid",
                    field=privyseal.identity.models.digests.DigestField(
                        default=privyseal.identity.models.people.new_uid, editable=False
                    ),
                )
            ],
        )
    ]

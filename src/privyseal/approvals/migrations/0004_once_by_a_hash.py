"""Forbid the same seal twice on a document in less than half the room."""

from django.db import migrations

from privyseal.approvals.migrations._fences import ONCE


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_application_waiting_in_turn")]
    operations = [
        migrations.RemoveConstraint(model_name="line", name="seal_is_on_a_document_once"),
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
    ]

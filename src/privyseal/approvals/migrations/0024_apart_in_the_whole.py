"""Whoever is asked further, or decides for another, has no other duty in any part of a whole."""

from django.db import migrations

from privyseal.approvals.migrations._course import ASKED_STANDS_APART
from privyseal.approvals.migrations._delegations import REPRESENTED_BY_DELEGATION
from privyseal.approvals.migrations._joint import PLAYING


class Migration(migrations.Migration):
    dependencies = [("approvals", "0023_deadlines")]
    operations = [
        migrations.RunSQL(PLAYING + ASKED_STANDS_APART + REPRESENTED_BY_DELEGATION, migrations.RunSQL.noop),
    ]

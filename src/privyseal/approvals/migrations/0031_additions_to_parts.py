"""Duties are those of the whole where something is added to one company's part of it."""

from django.db import migrations

from privyseal.approvals.migrations._wholes import CASTINGS, PLAYING


class Migration(migrations.Migration):
    dependencies = [("approvals", "0030_photographs_owed")]
    operations = [migrations.RunSQL(CASTINGS + PLAYING, migrations.RunSQL.noop)]

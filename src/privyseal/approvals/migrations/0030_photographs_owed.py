from django.db import migrations

from privyseal.approvals.migrations._photographs import OWED


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0029_denials'),
        ('custody', '0004_photographs_owed'),
    ]

    operations = [migrations.RunSQL(OWED, migrations.RunSQL.noop)]

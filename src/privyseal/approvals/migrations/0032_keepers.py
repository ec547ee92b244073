from django.db import migrations

from privyseal.approvals.migrations._keepers import KEEPERS


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0031_additions_to_parts'),
        ('seals', '0020_count_mismatch'),
    ]

    operations = [migrations.RunSQL(KEEPERS, migrations.RunSQL.noop)]

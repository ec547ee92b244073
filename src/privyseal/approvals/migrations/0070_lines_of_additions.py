from django.db import migrations

from privyseal.approvals.migrations._lines import LINES


class Migration(migrations.Migration):
    dependencies = [("approvals", "0090_passkeys_denied"), ("seals", "0040_kinds_of_alarms")]

    operations = [migrations.RunSQL(LINES, migrations.RunSQL.noop)]

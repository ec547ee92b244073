from django.db import migrations

from privyseal.custody.migrations._reach import FENCE


class Migration(migrations.Migration):
    dependencies = [("custody", "0071_made_anew_by_company")]

    operations = [migrations.RunSQL(FENCE, migrations.RunSQL.noop)]

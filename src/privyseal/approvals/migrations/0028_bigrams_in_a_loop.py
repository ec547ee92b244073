from django.db import migrations

from privyseal.approvals.migrations._fences import BIGRAMS_IN_A_LOOP


class Migration(migrations.Migration):
    dependencies = [("approvals", "0027_undated_in_turn")]

    operations = [migrations.RunSQL(BIGRAMS_IN_A_LOOP, migrations.RunSQL.noop)]

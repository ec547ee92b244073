"""Count the seals of each company without a gap."""

import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import F, Value

from privyseal.seals.migrations._fences import PLACES


class Migration(migrations.Migration):
    dependencies = [("seals", "0007_uid_as_bytes")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(PLACES, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AddField(
                    model_name="seal", name="place", field=models.PositiveIntegerField(), preserve_default=False
                ),
                migrations.AddField(
                    model_name="seal",
                    name="place_before",
                    field=models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.NullIf(F("place") - 1, Value(0)),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="seal",
                    constraint=models.UniqueConstraint(
                        fields=["company", "place"], name="one_seal_a_place_in_the_register"
                    ),
                ),
            ],
        )
    ]

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from privyseal.identity.initials import InitialPairs


class Migration(migrations.Migration):
    dependencies = [("identity", "0410_readable_lists")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=GinIndex(InitialPairs("login"), name="person_by_part_of_login", fastupdate=False),
        ),
    ]

"""Seals are found by the first letters of their pinyin."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from privyseal.identity.initials import InitialPairs


class Migration(migrations.Migration):
    dependencies = [("seals", "0228_version_of_serial"), ("identity", "0233_initials")]

    operations = [
        migrations.AddIndex(
            model_name="seal", index=GinIndex(InitialPairs("name"), name="seal_by_initials", fastupdate=False)
        ),
    ]

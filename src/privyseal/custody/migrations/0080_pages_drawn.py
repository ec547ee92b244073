"""On which page what was drawn by lot stands; and what is seen to be on another one is owed again."""

from django.db import migrations, models

from privyseal.custody.migrations._samples import ANOTHER_PAGE_IS_NONE


class Migration(migrations.Migration):

    dependencies = [
        ("custody", "0040_digests_as_bytes"),
    ]

    operations = [
        migrations.AddField("sample", "page", models.PositiveIntegerField(null=True)),
        migrations.AddField("sample", "copy", models.PositiveIntegerField(null=True)),
        migrations.AddField("sighting", "drawn_page", models.PositiveIntegerField(null=True)),
        migrations.RunSQL(ANOTHER_PAGE_IS_NONE, migrations.RunSQL.noop),
    ]

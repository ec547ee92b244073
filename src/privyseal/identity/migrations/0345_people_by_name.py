"""People in order of name: a page of them stops once it is full; those who are gone, without looking at all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0234_kept_lists")]

    operations = [
        migrations.AddIndex(model_name="person", index=models.Index("name", "id", name="person_by_name")),
        migrations.AddIndex(
            model_name="person",
            index=models.Index("id", condition=models.Q(is_active=False), name="person_gone"),
        ),
    ]

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("custody", "0120_pages_found")]

    operations = [
        ValidateConstraint(model_name="sighting", name="sight_is_known"),
        ValidateConstraint(model_name="sighting", name="sight_names_its_page"),
    ]

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0120_bound")]

    operations = [ValidateConstraint(model_name="line", name="line_says_what_it_is_bound_to")]

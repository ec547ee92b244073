from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0227_rosters_of_companies")]

    operations = [migrations.AddField(model_name="draft", name="alike", field=models.TextField(null=True))]

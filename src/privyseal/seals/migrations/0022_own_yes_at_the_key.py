"""When the key was told to ask for the own yes of whose name a seal bears."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0021_end_together'),
    ]

    operations = [
        migrations.AddField(
            model_name='seal',
            name='asks_own_yes_at',
            field=models.DateTimeField(null=True),
        ),
    ]

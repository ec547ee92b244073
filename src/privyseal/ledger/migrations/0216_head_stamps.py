"""A time stamp a day over the head of the log."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0160_continuations'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeadStamp',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('token', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_head_stamp',
            },
        ),
    ]

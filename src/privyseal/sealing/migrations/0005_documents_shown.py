"""Documents shown to those whose name a seal bears."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0004_uses_in_the_register'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentShown',
            fields=[
                ('pk', models.CompositePrimaryKey('document_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='shown_to', to='sealing.document')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'document_shown',
            },
        ),
    ]

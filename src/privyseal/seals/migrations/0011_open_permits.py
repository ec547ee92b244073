"""Permits that may still be spent, found by their end."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0010_other_incidents'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('revoked_at', None), ('used__lt', models.F('impressions'))), fields=['expires_at'], name='permit_open'),
        ),
    ]

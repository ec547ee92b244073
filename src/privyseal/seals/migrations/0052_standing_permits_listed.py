
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_opening_hours'),
        ('seals', '0051_waivers_asked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('purpose', 'standing')), fields=['-issued_at', '-id'], name='standing_permits'),
        ),
    ]

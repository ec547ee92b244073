"""An index of those who are represented, and not of everybody who decides."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0018_copies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='vote',
            name='nobody_is_represented_twice',
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(condition=models.Q(('for_person__isnull', False)), fields=('application', 'for_person'), name='nobody_is_represented_twice'),
        ),
    ]

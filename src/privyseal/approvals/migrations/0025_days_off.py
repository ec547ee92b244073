"""What days off mean to a delegation."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0024_apart_in_the_whole'),
    ]

    operations = [
        migrations.AddField(
            model_name='delegation',
            name='days_off',
            field=models.CharField(db_default='alike', default='alike', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('days_off__in', ['alike', 'also', 'only'])), name='days_off_mean_something_known'),
        ),
    ]

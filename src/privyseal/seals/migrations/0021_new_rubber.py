"""A new rubber in the place of an old one, which is handed in and destroyed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0020_former_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='attestation',
            name='filing_number',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='sealversion',
            name='destroyed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='sealversion',
            name='hand_in_by',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='sealversion',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', False), models.Q(('destroyed_at', None), ('hand_in_by', None)), _connector='OR'), name='old_rubber_is_void_before_its_end'),
        ),
    ]

"""Codes that open cabinets, and the receipts that close them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0445_signed_frames'),
        ('seals', '0345_seal_behind_its_type'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='cabinetopening',
            name='head_agrees',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='is_forced',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='minutes',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='named',
            field=models.CharField(max_length=32, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='receipt_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='receipt_head',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='receipt_used',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='sequence',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='cabinetopening',
            name='told_head',
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddConstraint(
            model_name='cabinetopening',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None), ('minutes__isnull', False)), fields=('device',), name='one_open_code_a_cabinet'),
        ),
        migrations.AddConstraint(
            model_name='cabinetopening',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__isnull', False), models.Q(('is_forced', None), ('named', None), ('receipt_at', None)), _connector='OR'), name='only_a_code_of_a_cabinet_is_typed'),
        ),
        migrations.AddConstraint(
            model_name='cabinetopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('receipt_at', None), ('receipt_used', None)), models.Q(('closed_at__isnull', False), ('receipt_used__lte', 1)), _connector='OR'), name='receipt_closes_an_opening'),
        ),
    ]

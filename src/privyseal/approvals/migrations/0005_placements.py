from django.db import migrations, models
from django.db.models import Q

_FILL = """
UPDATE application_line SET placements = jsonb_build_array(jsonb_build_object('page', page, 'x', x, 'y', y))
WHERE document_sha256 <> ''
"""


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0004_lean_indexes'),
    ]

    operations = [
        migrations.AddField('line', 'placements', models.JSONField(default=list)),
        migrations.AddField('line', 'codes', models.JSONField(default=list)),
        migrations.AddField('line', 'code', models.CharField(blank=True, max_length=32)),
        migrations.AddField('line', 'awaited', models.JSONField(default=list)),
        migrations.AddField('line', 'field', models.CharField(blank=True, max_length=64)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveField('line', 'page'),
        migrations.RemoveField('line', 'x'),
        migrations.RemoveField('line', 'y'),
        migrations.AddConstraint(
            'line',
            models.UniqueConstraint(condition=~Q(code=''), fields=('code',), name='code_is_of_one_line'),
        ),
        migrations.AddConstraint(
            'line',
            models.CheckConstraint(condition=Q(following='parties') ^ Q(awaited=[]), name='parties_are_awaited_by_name'),
        ),
    ]

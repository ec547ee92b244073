from django.db import migrations, models

_FILL = "UPDATE permit_line SET placements = jsonb_build_array(jsonb_build_object('page', page, 'x', x, 'y', y))"


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0007_keepers'),
    ]

    operations = [
        migrations.AddField('permitline', 'placements', models.JSONField(default=list)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveField('permitline', 'page'),
        migrations.RemoveField('permitline', 'x'),
        migrations.RemoveField('permitline', 'y'),
    ]

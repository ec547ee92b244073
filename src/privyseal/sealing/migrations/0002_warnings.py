from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealing', '0001_initial'),
    ]

    operations = [
        migrations.AddField('document', 'warnings', models.JSONField(default=list)),
    ]

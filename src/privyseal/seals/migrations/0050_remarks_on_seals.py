import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As the remarks on uses, these are only added to.
_STAY = """
CREATE TRIGGER register_is_only_added_to BEFORE UPDATE OR DELETE ON seal_remark
  FOR EACH ROW EXECUTE FUNCTION register_is_only_added_to();
CREATE TRIGGER register_is_never_emptied BEFORE TRUNCATE ON seal_remark
  FOR EACH STATEMENT EXECUTE FUNCTION register_is_only_added_to();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0031_blanks_as_incidents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SealRemark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.CharField(max_length=500)),
                ('is_correction', models.BooleanField()),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='seals.seal')),
            ],
            options={
                'db_table': 'seal_remark',
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='seal_remark_says_something')],
            },
        ),
        migrations.RunSQL(_STAY, migrations.RunSQL.noop),
    ]

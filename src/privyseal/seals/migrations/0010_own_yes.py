"""Seals that bear a name: whose, the mandates given for them, and the fences around their permits."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.seals.migrations._fences import OWN_YES


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0009_books_of_uses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SealPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'seal_person',
            },
        ),
        migrations.AddField(
            model_name='permit',
            name='own_yes',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', privyseal.identity.models.digests.DigestField(default=privyseal.identity.models.people.new_uid, editable=False)),
                ('given_at', models.DateTimeField()),
                ('purpose', models.CharField(max_length=200)),
                ('paper_sha256', privyseal.identity.models.digests.DigestField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('most_uses', models.PositiveIntegerField(null=True)),
                ('most_amount', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('used', models.PositiveIntegerField(default=0)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('evidence', models.JSONField(default=list)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='seals.seal')),
            ],
            options={
                'db_table': 'mandate',
            },
        ),
        migrations.AddField(
            model_name='permit',
            name='mandate',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='seals.mandate'),
        ),
        migrations.AddIndex(
            model_name='permit',
            index=models.Index(condition=models.Q(('mandate__isnull', False)), fields=['mandate'], name='permit_by_mandate'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.CheckConstraint(condition=models.Q(('mandate', None), ('own_yes__isnull', False), _connector='OR'), name='mandate_is_somebodys_own_yes'),
        ),
        migrations.AddField(
            model_name='sealperson',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sealperson',
            name='named_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sealperson',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sealperson',
            name='seal',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bears', to='seals.seal'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('uid',), name='mandate_has_its_uid'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=365)))), ('starts_at__lt', models.F('ends_at'))), name='mandate_ends_within_a_year'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('most_uses', None), ('used__lte', models.F('most_uses')), _connector='OR'), name='mandate_is_not_overused'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='mandate_says_what_for'),
        ),
        migrations.AddConstraint(
            model_name='sealperson',
            constraint=models.CheckConstraint(condition=models.Q(('named_by', models.F('person')), _negated=True), name='nobody_names_themselves'),
        ),
        migrations.AddConstraint(
            model_name='sealperson',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('named_by')), _negated=True), models.Q(('confirmed_by', models.F('person')), _negated=True)), _connector='OR'), name='whose_seal_is_agreed_by_another'),
        ),
        migrations.RunSQL(OWN_YES, migrations.RunSQL.noop),
    ]

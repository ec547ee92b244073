"""Documents and the intents to seal them."""

import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('identity', '__first__'),
        ('seals', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', privyseal.identity.models.digests.DigestField()),
                ('received_at', models.DateTimeField()),
                ('received_sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('size', models.PositiveIntegerField()),
                ('pages', models.JSONField()),
                ('changes', models.JSONField()),
                ('warnings', models.JSONField(default=list)),
                ('is_signed', models.BooleanField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'document',
                'constraints': [models.UniqueConstraint(fields=('sha256', 'company', 'received_by'), name='document_is_received_once')],
            },
        ),
        migrations.CreateModel(
            name='Intent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('state', models.CharField(choices=[('intended', 'Intended'), ('sealed', 'Sealed'), ('failed', 'Failed')], default='intended', max_length=16)),
                ('intended_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('result_sha256', models.CharField(blank=True, max_length=64)),
                ('failure', models.CharField(blank=True, max_length=64)),
                ('is_unstamped', models.BooleanField(db_default=False, default=False)),
                ('kept_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('kept_level', models.CharField(blank=True, db_default='', default='', max_length=8)),
                ('kept_at', models.DateTimeField(null=True)),
                ('keep_after', models.DateTimeField(null=True)),
                ('after', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='before', to='sealing.intent')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intents', to='seals.permitline')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intents', to='seals.permit')),
            ],
            options={
                'db_table': 'intent',
                'indexes': [models.Index(condition=models.Q(('state', 'intended')), fields=['intended_at'], name='open_intents')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'intended')), ('ended_at__isnull', False), _connector='OR'), name='ended_intent_has_an_end'), models.CheckConstraint(condition=models.Q(('result_sha256', ''), ('state', 'sealed'), _negated=True), name='sealed_intent_has_a_result'), models.UniqueConstraint(condition=models.Q(('state', 'failed'), _negated=True), fields=('line',), name='line_is_sealed_once'), models.CheckConstraint(condition=models.Q(('after', None), models.Q(('after', models.F('id')), _negated=True), _connector='OR'), name='intent_is_not_after_itself'), models.CheckConstraint(condition=models.Q(models.Q(('kept_at', None), ('kept_level', ''), ('kept_sha256', '')), models.Q(('kept_at__isnull', False), ('kept_level__in', ['b-lt', 'b-lta']), ('state', 'sealed')), _connector='OR'), name='only_a_sealed_file_is_kept')],
            },
        ),
    ]

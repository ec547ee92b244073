"""Messages, their deliveries, and where people are reached."""

import django.db.models.deletion
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('identity', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Position',
            fields=[
                ('follower', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('next_index', models.BigIntegerField()),
            ],
            options={
                'db_table': 'notification_position',
            },
        ),
        migrations.CreateModel(
            name='Wishes',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='message_wishes', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('quiet_begins', models.TimeField()),
                ('quiet_ends', models.TimeField()),
                ('daily_on_page_only', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'message_wishes',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('cause', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=64)),
                ('actor', models.CharField(max_length=64)),
                ('about', models.JSONField()),
                ('urgency', models.CharField(max_length=8)),
                ('happened_at', models.DateTimeField()),
                ('made_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'message',
                'indexes': [models.Index(fields=['person', '-id'], name='message_newest'), models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='message_unread')],
                'constraints': [models.UniqueConstraint(fields=('person', 'cause'), name='nobody_is_told_twice'), models.CheckConstraint(condition=models.Q(('urgency__in', ['urgent', 'prompt', 'daily'])), name='urgency_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('channel', models.CharField(max_length=16)),
                ('state', models.CharField(default='waiting', max_length=16)),
                ('due_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sends', models.PositiveSmallIntegerField(default=0)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=32)),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notification.message')),
            ],
            options={
                'db_table': 'message_delivery',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='delivery_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='delivery_claimed'), models.Index(fields=['state', '-id'], name='delivery_by_state')],
                'constraints': [models.UniqueConstraint(fields=('message', 'channel'), name='one_delivery_a_channel'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'sent', 'failed', 'unclear'])), name='delivery_state_is_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms'])), name='channel_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_at__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_at', None)), _connector='OR'), name='claimed_delivery_is_being_sent')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('channel', models.CharField(max_length=16)),
                ('value', models.CharField(max_length=254)),
                ('named_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('code', models.CharField(blank=True, max_length=6)),
                ('code_due_at', models.DateTimeField(null=True)),
                ('code_sent_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=32)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'message_address',
                'indexes': [models.Index(condition=models.Q(('code_due_at__isnull', False)), fields=['code_due_at'], name='address_code_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False)), fields=('person', 'channel'), name='one_address_a_channel'), models.UniqueConstraint(condition=models.Q(('confirmed_at', None)), fields=('person', 'channel'), name='one_new_address_a_channel'), models.CheckConstraint(condition=models.Q(('confirmed_at', None), ('confirmed_at__gte', models.F('named_at')), _connector='OR'), name='address_is_confirmed_later'), models.CheckConstraint(condition=models.Q(('confirmed_at', None), ('code', ''), _connector='OR'), name='confirmed_address_has_no_code')],
            },
        ),
    ]

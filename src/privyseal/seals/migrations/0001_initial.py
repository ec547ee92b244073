"""The register, custody, permits and incidents, with the fences around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import privyseal.identity.models.digests
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models

from privyseal.seals.migrations._fences import FENCES


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('identity', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name_zh', models.CharField(max_length=32)),
                ('name_en', models.CharField(max_length=64)),
                ('like', models.CharField(max_length=32)),
                ('kind', models.CharField(blank=True, max_length=16)),
                ('barred', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('added_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('retired_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'own_seal_type',
                'constraints': [models.UniqueConstraint(fields=('id', 'like'), name='own_type_with_its_like'), models.CheckConstraint(condition=models.Q(('like__in', ['official', 'contract', 'finance', 'invoice', 'hr', 'legal-representative', 'department', 'project', 'drawing', 'customs', 'party', 'union', 'personal', 'other', 'licence', 'u-key', 'bank-token'])), name='own_type_is_like_a_known_one'), models.CheckConstraint(condition=models.Q(('kind__in', ['', 'electronic', 'physical'])), name='own_type_is_of_a_known_kind'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('company', 'name_zh'), name='one_open_type_of_a_name_zh'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('company', 'name_en'), name='one_open_type_of_a_name_en')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('name', models.CharField(max_length=64)),
                ('skeleton', models.CharField(max_length=200)),
                ('type', models.CharField(choices=[('official', 'official'), ('contract', 'contract'), ('finance', 'finance'), ('invoice', 'invoice'), ('hr', 'hr'), ('legal-representative', 'legal-representative'), ('department', 'department'), ('project', 'project'), ('drawing', 'drawing'), ('customs', 'customs'), ('party', 'party'), ('union', 'union'), ('personal', 'personal'), ('other', 'other'), ('licence', 'licence'), ('u-key', 'u-key'), ('bank-token', 'bank-token')], max_length=32)),
                ('kind', models.CharField(default='electronic', max_length=16)),
                ('state', models.CharField(default='draft', max_length=16)),
                ('signer_state', models.CharField(default='draft', max_length=16)),
                ('version', models.PositiveIntegerField(default=1)),
                ('face', models.JSONField(null=True)),
                ('face_sha256', models.CharField(blank=True, max_length=64)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('hand_in_by', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='identity.company')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('own_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='seals.owntype')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='seals.seal')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='identity.unit')),
            ],
            options={
                'db_table': 'seal',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'made', 'active', 'suspended', 'collected', 'disputed', 'lost', 'stolen', 'robbed', 'retired', 'destroyed', 'void'])), name='seal_state_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['electronic', 'physical'])), name='seal_kind_is_known'), models.CheckConstraint(condition=models.Q(('type__in', ['official', 'contract', 'finance', 'invoice', 'hr', 'legal-representative', 'department', 'project', 'drawing', 'customs', 'party', 'union', 'personal', 'other', 'licence', 'u-key', 'bank-token'])), name='seal_type_is_known'), models.CheckConstraint(condition=models.Q(('kind', 'physical'), ('face__isnull', False), _connector='OR'), name='electronic_seal_has_a_face'), models.CheckConstraint(condition=models.Q(('kind', 'physical'), models.Q(('type__in', ['bank-token', 'licence', 'u-key']), _negated=True), _connector='OR'), name='what_stamps_nothing_is_physical'), models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='seal_ends_after_it_starts'), models.UniqueConstraint(condition=models.Q(('state', 'void'), _negated=True), fields=('replaces',), name='seal_is_replaced_once'), models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(('replaces', models.F('id')), _negated=True), _connector='OR'), name='seal_does_not_replace_itself'), models.UniqueConstraint(condition=models.Q(('state__in', ['destroyed', 'void']), _negated=True), fields=('company', 'name'), name='one_live_seal_of_a_name'), models.UniqueConstraint(condition=models.Q(('state__in', ['destroyed', 'void']), _negated=True), fields=('company', 'skeleton'), name='one_live_seal_of_a_look'), models.CheckConstraint(condition=models.Q(('skeleton', ''), _negated=True), name='seal_has_a_look')],
            },
        ),
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32)),
                ('seal_version', models.PositiveIntegerField()),
                ('purpose', models.CharField(choices=[('use', 'use'), ('make', 'make'), ('resume', 'resume'), ('unfreeze', 'unfreeze'), ('change', 'change'), ('assign', 'assign'), ('extend', 'extend'), ('hand-over', 'hand-over'), ('cover', 'cover'), ('collect', 'collect'), ('find', 'find'), ('retire', 'retire'), ('destroy', 'destroy'), ('invalidate', 'invalidate')], max_length=16)),
                ('application_uid', models.CharField(max_length=32)),
                ('policy', models.CharField(max_length=16)),
                ('impressions', models.PositiveIntegerField()),
                ('used', models.PositiveIntegerField(default=0)),
                ('starts_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('evidence', models.JSONField()),
                ('terms', models.JSONField(default=dict)),
                ('issued_at', models.DateTimeField()),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='seals.seal')),
            ],
            options={
                'db_table': 'permit',
                'indexes': [models.Index(condition=models.Q(('revoked_at', None), ('used__lt', models.F('impressions'))), fields=['expires_at'], name='permit_open')],
                'constraints': [models.UniqueConstraint(fields=('uid',), name='permit_has_its_uid'), models.UniqueConstraint(fields=('application_uid', 'seal'), name='one_permit_a_seal_an_application'), models.CheckConstraint(condition=models.Q(('used__lte', models.F('impressions'))), name='permit_not_overused'), models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('expires_at'))), name='permit_has_a_window')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='identity.company')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'campaign',
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('company',), name='one_open_campaign_a_company')],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('account', models.CharField(blank=True, max_length=500)),
                ('place', models.CharField(blank=True, max_length=100)),
                ('is_drill', models.BooleanField(default=False)),
                ('opinion', models.CharField(blank=True, max_length=1000)),
                ('outcome', models.CharField(blank=True, max_length=16)),
                ('evidence', models.CharField(blank=True, max_length=1000)),
                ('evidence_sha256', models.CharField(blank=True, max_length=64)),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opinion_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='seals.seal')),
            ],
            options={
                'db_table': 'incident',
                'indexes': [models.Index(fields=['company', '-opened_at'], name='incident_by_company')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['loss', 'theft', 'robbery', 'dispute', 'freeze', 'not-handed-in', 'cover-overdue', 'other'])), name='incident_kind_is_known'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'found', 'invalidated', 'settled', 'lifted', 'drill', 'mistaken'])), name='outcome_is_known'), models.UniqueConstraint(condition=models.Q(('ended_at', None), models.Q(('kind', 'other'), _negated=True)), fields=('seal', 'kind'), name='one_open_incident_a_kind'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('is_drill', True), models.Q(('kind__in', ['not-handed-in', 'cover-overdue']), models.Q(('outcome', 'mistaken'), _negated=True)), models.Q(('ended_by__isnull', False), ('proposed_by__isnull', False), models.Q(('ended_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='incident_is_ended_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'mistaken'), _negated=True), models.Q(('kind__in', ['not-handed-in']), models.Q(('evidence', ''), ('evidence_sha256', ''), _negated=True)), _connector='OR'), name='mistaken_incident_has_its_evidence'), models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='ended_incident_has_its_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='seals.incident')),
            ],
            options={
                'db_table': 'incident_consent',
                'constraints': [models.UniqueConstraint(fields=('incident', 'person'), name='one_consent_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=16)),
                ('is_return', models.BooleanField(default=False)),
                ('photo_sha256', models.CharField(blank=True, max_length=64)),
                ('filing_number', models.CharField(blank=True, max_length=64)),
                ('counter', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='seals.permit')),
            ],
            options={
                'db_table': 'attestation',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['giver', 'receiver', 'witness'])), name='role_is_known'), models.UniqueConstraint(fields=('permit', 'person', 'is_return'), name='one_role_a_person')],
            },
        ),
        migrations.CreateModel(
            name='PermitLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_sha256', privyseal.identity.models.digests.DigestField()),
                ('following', models.CharField(max_length=16)),
                ('placements', models.JSONField(default=list)),
                ('impressions', models.PositiveIntegerField()),
                ('turn', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('permit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='seals.permit')),
            ],
            options={
                'db_table': 'permit_line',
                'constraints': [models.CheckConstraint(condition=models.Q(('turn__gte', 1)), name='turns_count_from_one'), models.UniqueConstraint(fields=('permit', 'document_sha256'), name='one_line_a_document_a_permit')],
            },
        ),
        migrations.CreateModel(
            name='PermitPart',
            fields=[
                ('pk', models.CompositePrimaryKey('permit_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('holder', 'Holder'), ('approver', 'Approver'), ('receiver', 'Receiver'), ('witness', 'Witness')], max_length=16)),
                ('permit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='seals.permit')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'permit_part',
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=16)),
                ('size', models.PositiveIntegerField()),
                ('received_at', models.DateTimeField()),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='seals.seal')),
            ],
            options={
                'db_table': 'seal_photo',
                'constraints': [models.UniqueConstraint(fields=('sha256', 'seal'), name='photo_is_received_once')],
            },
        ),
        migrations.CreateModel(
            name='KeeperSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ending_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seals', models.ManyToManyField(related_name='keeper_sets', to='seals.seal')),
            ],
            options={
                'db_table': 'keeper_set',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ending_by__isnull', False), models.Q(('ended_by', models.F('ending_by')), _negated=True)), _connector='OR'), name='keeper_set_is_ended_by_a_second_person')],
            },
        ),
        migrations.CreateModel(
            name='IncidentSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='seals.incident')),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.seal')),
            ],
            options={
                'db_table': 'incident_seal',
                'constraints': [models.UniqueConstraint(fields=('incident', 'seal'), name='seal_is_frozen_once')],
            },
        ),
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('covers_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('keeper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custodies', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='custodies', to='seals.permit')),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custodies', to='seals.seal')),
            ],
            options={
                'db_table': 'custody',
                'indexes': [models.Index(condition=models.Q(('until', None)), fields=['keeper'], name='open_custody_by_keeper')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('seal',), name='one_open_custody_an_object'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='custody_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('covers_for', None), ('due_at', None)), models.Q(('covers_for__isnull', False), ('due_at__isnull', False)), _connector='OR'), name='cover_has_its_end'), models.CheckConstraint(condition=models.Q(('covers_for', None), models.Q(('covers_for', models.F('keeper')), _negated=True), _connector='OR'), name='nobody_covers_for_themselves')],
            },
        ),
        migrations.CreateModel(
            name='CoCustodian',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='co_custodians', to='seals.seal')),
            ],
            options={
                'db_table': 'co_custodian',
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('seal', 'person'), name='co_custodian_once')],
            },
        ),
        migrations.CreateModel(
            name='SealRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('version', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=100)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'seal_rules',
                'constraints': [models.UniqueConstraint(fields=('company', 'version'), name='rules_version_is_written_once'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('published_by', None)), models.Q(('published_at__isnull', False), models.Q(('published_by', models.F('written_by')), _negated=True)), _connector='OR'), name='publisher_is_not_author')],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.seal')),
                ('rules', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='seals.sealrules')),
            ],
            options={
                'db_table': 'seal_rules_acknowledgement',
                'constraints': [models.UniqueConstraint(fields=('rules', 'person', 'seal'), name='rules_acknowledged_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SealVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, max_length=64)),
                ('face', models.JSONField(null=True)),
                ('certificate', models.BinaryField(null=True)),
                ('serial', models.CharField(blank=True, max_length=64)),
                ('not_after', models.DateTimeField(null=True)),
                ('maker', models.CharField(blank=True, max_length=100)),
                ('maker_licence', models.CharField(blank=True, max_length=64)),
                ('filing_number', models.CharField(blank=True, max_length=64)),
                ('imprint_sha256', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('voided_at', models.DateTimeField(null=True)),
                ('hand_in_by', models.DateTimeField(null=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='seals.seal')),
            ],
            options={
                'db_table': 'seal_version',
                'constraints': [models.UniqueConstraint(fields=('seal', 'version'), name='seal_version_is_made_once'), models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('seal',), name='predecessor_is_void'), models.CheckConstraint(condition=models.Q(('voided_at__isnull', False), models.Q(('destroyed_at', None), ('hand_in_by', None)), _connector='OR'), name='old_rubber_is_void_before_its_end'), models.CheckConstraint(condition=models.Q(models.Q(('certificate', None), ('serial', '')), models.Q(('certificate__isnull', False), ('not_after__isnull', False)), _connector='OR'), name='certificate_has_its_end')],
            },
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_photo_sha256', models.CharField(blank=True, max_length=64)),
                ('imprint_photo_sha256', models.CharField(blank=True, max_length=64)),
                ('seen_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sightings', to='seals.campaign')),
                ('keeper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sightings', to='seals.seal')),
            ],
            options={
                'db_table': 'sighting',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'seal'), name='seal_is_seen_once_a_campaign'), models.CheckConstraint(condition=models.Q(models.Q(('imprint_photo_sha256', ''), ('seal_photo_sha256', ''), ('seen_at', None)), models.Q(('keeper__isnull', False), ('seen_at__isnull', False), models.Q(('seal_photo_sha256', ''), _negated=True), models.Q(('imprint_photo_sha256', ''), _negated=True), models.Q(('seal_photo_sha256', models.F('imprint_photo_sha256')), _negated=True)), _connector='OR'), name='sighting_has_two_pictures')],
            },
        ),
        migrations.RunSQL(FENCES, migrations.RunSQL.noop),
    ]

"""People, companies, powers and sign-in, with the fences around them."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import privyseal.identity.models.people
import privyseal.identity.models.ranges
import privyseal.identity.rules.imports
import privyseal.identity.rules.powers
from django.conf import settings
from django.db import migrations, models

from privyseal.identity.migrations._fences import CYCLES, SAME_COMPANY


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('login', models.CharField(max_length=64, unique=True, verbose_name='login')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('pseudonym', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('language', models.CharField(blank=True, max_length=16)),
                ('is_active', models.BooleanField(default=True)),
                ('returned_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'person',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('minute', models.DateTimeField(db_index=True)),
                ('count', models.PositiveIntegerField(default=1)),
            ],
            options={
                'db_table': 'attempt',
            },
        ),
        migrations.CreateModel(
            name='AuditComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact_id', models.BigIntegerField(db_index=True)),
                ('at', models.DateTimeField()),
                ('text', models.CharField(max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'audit_comment',
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=64, unique=True, verbose_name='name')),
                ('skeleton', models.CharField(max_length=200, unique=True)),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='English name')),
                ('uscc', models.CharField(max_length=18, unique=True, verbose_name='unified social credit code')),
                ('legal_representative', models.CharField(max_length=100, verbose_name='legal representative')),
                ('licence_sha256', models.CharField(blank=True, max_length=64)),
                ('representative_sha256', models.CharField(blank=True, max_length=64)),
                ('evidence_at', models.DateTimeField(null=True)),
                ('registered_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(null=True)),
                ('rejected_at', models.DateTimeField(null=True)),
                ('rejection', models.CharField(blank=True, max_length=500)),
                ('renamed_at', models.DateTimeField(null=True)),
                ('old_seals_until', models.DateField(null=True)),
                ('evidence_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='identity.company')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rejected_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'company',
                'constraints': [models.CheckConstraint(condition=models.Q(('verified_by', None), models.Q(('verified_by', models.F('registered_by')), _negated=True), _connector='OR'), name='verifier_is_not_registrar'), models.CheckConstraint(condition=models.Q(('verified_by', None), ('evidence_by', None), models.Q(('verified_by', models.F('evidence_by')), _negated=True), _connector='OR'), name='verifier_brought_no_evidence'), models.CheckConstraint(condition=models.Q(('verified_at', None), models.Q(models.Q(('licence_sha256', ''), _negated=True), models.Q(('representative_sha256', ''), _negated=True)), _connector='OR'), name='company_is_verified_with_every_proof'), models.CheckConstraint(condition=models.Q(('rejected_at', None), models.Q(('verified_at', None), models.Q(('rejection', ''), _negated=True)), _connector='OR'), name='company_is_rejected_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('old_seals_until', None), ('renamed_at', None)), models.Q(('old_seals_until__isnull', False), ('renamed_at__isnull', False)), _connector='OR'), name='renamed_company_says_until_when_old_seals_last'), models.CheckConstraint(condition=models.Q(('uscc__regex', '^[0-9A-HJ-NPQRTUWXY]{18}$')), name='uscc_in_form')],
            },
        ),
        migrations.CreateModel(
            name='EntryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_sha256', models.CharField(max_length=64, unique=True)),
                ('is_first', models.BooleanField()),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entry_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'entry_code',
                'constraints': [models.CheckConstraint(condition=models.Q(('made_by', models.F('person')), _negated=True), name='entry_code_is_made_by_another'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(models.Q(('confirmed_by', models.F('made_by')), _negated=True), models.Q(('confirmed_by', models.F('person')), _negated=True)), _connector='OR'), name='entry_code_is_confirmed_by_a_second_person'), models.CheckConstraint(condition=models.Q(('used_at', None), ('is_first', True), ('confirmed_at__isnull', False), _connector='OR'), name='entry_code_is_used_when_confirmed'), models.UniqueConstraint(condition=models.Q(('replaced_at', None), ('used_at', None)), fields=('person',), name='one_open_entry_code_a_person')],
            },
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factor_resets', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'factor_reset',
                'constraints': [models.CheckConstraint(condition=models.Q(('asked_by', models.F('person')), _negated=True), name='reset_is_asked_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('done_by', models.F('asked_by')), _negated=True), models.Q(('done_by', models.F('person')), _negated=True)), _connector='OR'), name='reset_is_done_by_a_second_person'), models.CheckConstraint(condition=models.Q(('done_at', None), ('stopped_at', None), _connector='OR'), name='stopped_reset_is_not_done'), models.UniqueConstraint(condition=models.Q(('done_at', None), ('stopped_at', None)), fields=('person',), name='one_open_reset_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('public_url', models.URLField()),
                ('origin', models.CharField(max_length=200)),
                ('log_key', models.CharField(max_length=300)),
                ('authority', models.BinaryField()),
                ('is_demo', models.BooleanField()),
                ('founded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'installation',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_installation')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='identity.company')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='identity.unit')),
            ],
            options={
                'db_table': 'unit',
                'constraints': [models.UniqueConstraint(fields=('id', 'company'), name='unit_with_its_company'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('company', 'parent', 'name'), name='one_open_unit_of_a_name', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('office', models.CharField(choices=[('legal-representative', 'legal-representative'), ('general-manager', 'general-manager'), ('finance-head', 'finance-head'), ('unit-head', 'unit-head'), ('seal-keeper', 'seal-keeper'), ('staff', 'staff')], max_length=24)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='identity.company')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='identity.unit')),
            ],
            options={
                'db_table': 'post',
                'constraints': [models.CheckConstraint(condition=models.Q(('office__in', ['legal-representative', 'general-manager', 'finance-head', 'unit-head', 'seal-keeper', 'staff'])), name='office_is_known'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('company', 'unit', 'name'), name='one_open_post_of_a_name', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='PostHolding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('appointed_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('appointed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deputy_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='identity.post')),
            ],
            options={
                'db_table': 'post_holding',
                'constraints': [models.CheckConstraint(condition=models.Q(('appointed_by', models.F('person')), _negated=True), name='appointer_is_not_holder'), models.CheckConstraint(condition=models.Q(('deputy_for', None), models.Q(models.Q(('deputy_for', models.F('person')), _negated=True), ('ends_at__isnull', False)), _connector='OR'), name='deputy_is_another_and_has_an_end'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='holding_has_a_term'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('post_id'), models.F('post_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='post_held_once_at_a_time_by_a_person')],
            },
        ),
        migrations.CreateModel(
            name='ProviderLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=300)),
                ('subject', models.CharField(max_length=255)),
                ('linked_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provider_links', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'provider_link',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='subject_is_one_person'), models.UniqueConstraint(fields=('person', 'issuer'), name='person_has_one_subject')],
            },
        ),
        migrations.CreateModel(
            name='Renaming',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('old_name', models.CharField(max_length=64)),
                ('old_skeleton', models.CharField(db_index=True, max_length=200)),
                ('old_licence_sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=64)),
                ('skeleton', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=150)),
                ('licence_sha256', models.CharField(max_length=64)),
                ('changed_on', models.DateField()),
                ('old_seals_until', models.DateField()),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('rejected_at', models.DateTimeField(null=True)),
                ('rejection', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='renamings', to='identity.company')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rejected_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'company_renaming',
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='renaming_is_confirmed_by_a_second_person'), models.CheckConstraint(condition=models.Q(('licence_sha256', ''), _negated=True), name='renaming_has_its_licence'), models.CheckConstraint(condition=models.Q(('old_seals_until__gte', models.F('changed_on'))), name='old_seals_end_after_the_renaming'), models.CheckConstraint(condition=models.Q(('rejected_at', None), models.Q(('confirmed_at', None), models.Q(('rejection', ''), _negated=True)), _connector='OR'), name='renaming_is_rejected_with_a_reason'), models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('rejected_at', None)), fields=('company',), name='one_open_renaming_a_company')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('session_data', models.TextField()),
                ('expire_date', models.DateTimeField(db_index=True)),
                ('began_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=64)),
                ('agent', models.CharField(blank=True, max_length=300)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'session',
                'constraints': [models.CheckConstraint(condition=models.Q(('session_key__regex', '^[0-9a-f]{64}$')), name='session_key_is_a_digest')],
            },
        ),
        migrations.CreateModel(
            name='TableImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32, unique=True)),
                ('table', models.CharField(max_length=16)),
                ('sha256', models.CharField(max_length=64)),
                ('called', models.JSONField(default=dict)),
                ('brought_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('reading', 'reading'), ('wrong', 'wrong'), ('fine', 'fine'), ('entering', 'entering'), ('entered', 'entered'), ('refused', 'refused')], max_length=12)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('errors', models.JSONField(default=list)),
                ('error_count', models.PositiveIntegerField(default=0)),
                ('refusal', models.JSONField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('brought_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'table_import',
                'indexes': [models.Index(fields=['brought_by', '-id'], name='import_by_its_bringer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'wrong', 'fine', 'entering', 'entered', 'refused'])), name='import_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', [privyseal.identity.rules.imports.Import['FINE'], privyseal.identity.rules.imports.Import['ENTERING'], privyseal.identity.rules.imports.Import['ENTERED']]), _negated=True), ('error_count', 0), _connector='OR'), name='nothing_is_entered_of_a_table_with_errors'), models.CheckConstraint(condition=models.Q(models.Q(('refusal__isnull', False), ('state', privyseal.identity.rules.imports.Import['REFUSED'])), models.Q(models.Q(('state', privyseal.identity.rules.imports.Import['REFUSED']), _negated=True), ('refusal__isnull', True)), _connector='OR'), name='refused_import_says_why')],
            },
        ),
        migrations.CreateModel(
            name='PowerMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('power', models.CharField(choices=[('system', 'system'), ('security', 'security'), ('audit', 'audit'), ('manage', 'manage'), ('use', 'use'), ('approve', 'approve'), ('custody', 'custody')], max_length=16)),
                ('seal_uid', models.CharField(max_length=32, null=True)),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.company')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.post')),
                ('only_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.unit')),
            ],
            options={
                'db_table': 'power_mapping',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('post', None), ('unit__isnull', False)), models.Q(('post__isnull', False), ('unit', None)), _connector='OR'), name='a_post_or_a_unit_is_mapped'), models.CheckConstraint(condition=models.Q(('power__in', ['manage', 'use', 'approve', 'custody'])), name='mapped_power_is_held_in_a_company'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('made_by')), _negated=True), _connector='OR'), name='mapping_is_confirmed_by_another'), models.CheckConstraint(condition=models.Q(('only_unit', None), ('seal_uid', None), _connector='OR'), name='mapped_power_is_narrowed_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None), ('post__isnull', False)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('post_id'), models.F('post_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-')], name='powers_of_a_post_kept_apart'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None), ('unit__isnull', False)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('unit_id'), models.F('unit_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-')], name='powers_of_a_unit_kept_apart')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_on', models.DateField()),
                ('left_on', models.DateField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='identity.company')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='identity.unit')),
            ],
            options={
                'db_table': 'membership',
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_on', None)), fields=('person', 'company'), name='one_open_membership_a_company'), models.CheckConstraint(condition=models.Q(('left_on', None), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='nobody_leaves_before_joining')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('power', models.CharField(choices=[('system', 'system'), ('security', 'security'), ('audit', 'audit'), ('manage', 'manage'), ('use', 'use'), ('approve', 'approve'), ('custody', 'custody')], max_length=16)),
                ('seal_uid', models.CharField(max_length=32, null=True)),
                ('batch', models.CharField(blank=True, db_default='', db_index=True, default='', max_length=32)),
                ('granted_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.company')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.membership')),
                ('holding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.postholding')),
                ('mapping', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.powermapping')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.unit')),
            ],
            options={
                'db_table': 'power_grant',
                'constraints': [models.CheckConstraint(condition=models.Q(('power__in', ['system', 'security', 'audit', 'manage', 'use', 'approve', 'custody'])), name='power_is_known'), models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('granted_by', models.F('person')), _negated=True), _connector='OR'), name='grantor_is_not_beneficiary'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(models.Q(('confirmed_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('granted_by')), _negated=True)), _connector='OR'), name='confirmer_is_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('company', None), ('power__in', [privyseal.identity.rules.powers.Power['SYSTEM'], privyseal.identity.rules.powers.Power['SECURITY'], privyseal.identity.rules.powers.Power['AUDIT']])), models.Q(('company__isnull', False), ('power__in', [privyseal.identity.rules.powers.Power['MANAGE'], privyseal.identity.rules.powers.Power['USE'], privyseal.identity.rules.powers.Power['APPROVE'], privyseal.identity.rules.powers.Power['CUSTODY']])), _connector='OR'), name='power_has_its_reach'), models.CheckConstraint(condition=models.Q(models.Q(('seal_uid', None), ('unit', None)), models.Q(('company__isnull', False), models.Q(('unit', None), ('seal_uid', None), _connector='OR')), _connector='OR'), name='power_is_narrowed_once'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='power_has_a_term'), models.CheckConstraint(condition=models.Q(models.Q(('holding', None), ('mapping', None), ('membership', None)), models.Q(('holding__isnull', False), ('mapping__isnull', False), ('membership', None)), models.Q(('holding', None), ('mapping__isnull', False), ('membership__isnull', False)), _connector='OR'), name='mapped_power_has_its_holding'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('company__isnull', False), ('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='powers_kept_apart'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (models.Case(models.When(power__in=[privyseal.identity.rules.powers.Power['SYSTEM'], privyseal.identity.rules.powers.Power['SECURITY'], privyseal.identity.rules.powers.Power['AUDIT']], then=privyseal.identity.models.ranges.Int8Range(models.Value(0), models.Value(None))), default=privyseal.identity.models.ranges.Int8Range(models.F('id'), models.F('id'), models.Value('[]'))), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='office_keeps_out_every_other_power'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['SYSTEM'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['SECURITY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['AUDIT'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(3), models.Value(4))), models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(4), models.Value(5))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(5), models.Value(6))), models.When(power=privyseal.identity.rules.powers.Power['CUSTODY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(6), models.Value(7))), default=privyseal.identity.models.ranges.Int4Range(models.Value(-1), models.Value(0))), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(models.F('mapping_id'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('mapping_id'), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='power_is_held_once_in_a_place')],
            },
        ),
        migrations.RunSQL(CYCLES + SAME_COMPANY, migrations.RunSQL.noop),
    ]

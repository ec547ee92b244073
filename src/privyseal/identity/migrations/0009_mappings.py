import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import privyseal.identity.models.ranges
import privyseal.identity.rules.powers
from django.conf import settings
from django.db import migrations, models

SAME_COMPANY = """
ALTER TABLE power_mapping ADD CONSTRAINT mapped_power_is_narrowed_to_a_unit_of_its_company
  FOREIGN KEY (only_unit_id, company_id) REFERENCES unit (id, company_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_narrowed_powers'),
    ]

    operations = [
        migrations.CreateModel(
            name='PowerMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('power', models.CharField(choices=[('system', 'system'), ('security', 'security'), ('audit', 'audit'), ('manage', 'manage'), ('use', 'use'), ('approve', 'approve'), ('custody', 'custody')], max_length=16)),
                ('seal_uid', models.CharField(max_length=32, null=True)),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'power_mapping',
            },
        ),
        migrations.RemoveConstraint(
            model_name='grant',
            name='power_is_held_once_in_a_place',
        ),
        migrations.AddField(
            model_name='grant',
            name='holding',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.postholding'),
        ),
        migrations.AddField(
            model_name='grant',
            name='membership',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.membership'),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.company'),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='only_unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit'),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.post'),
        ),
        migrations.AddField(
            model_name='powermapping',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='identity.unit'),
        ),
        migrations.AddField(
            model_name='grant',
            name='mapping',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.powermapping'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holding', None), ('mapping', None), ('membership', None)), models.Q(('holding__isnull', False), ('mapping__isnull', False), ('membership', None)), models.Q(('holding', None), ('mapping__isnull', False), ('membership__isnull', False)), _connector='OR'), name='mapped_power_has_its_holding'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['SYSTEM'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['SECURITY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['AUDIT'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(3), models.Value(4))), models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(4), models.Value(5))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(5), models.Value(6))), models.When(power=privyseal.identity.rules.powers.Power['CUSTODY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(6), models.Value(7))), default=privyseal.identity.models.ranges.Int4Range(models.Value(-1), models.Value(0))), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(models.F('mapping_id'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('mapping_id'), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='power_is_held_once_in_a_place'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('post', None), ('unit__isnull', False)), models.Q(('post__isnull', False), ('unit', None)), _connector='OR'), name='a_post_or_a_unit_is_mapped'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=models.CheckConstraint(condition=models.Q(('power__in', ['manage', 'use', 'approve', 'custody'])), name='mapped_power_is_held_in_a_company'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('made_by')), _negated=True), _connector='OR'), name='mapping_is_confirmed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=models.CheckConstraint(condition=models.Q(('only_unit', None), ('seal_uid', None), _connector='OR'), name='mapped_power_is_narrowed_once'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None), ('post__isnull', False)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('post_id'), models.F('post_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-')], name='powers_of_a_post_kept_apart'),
        ),
        migrations.AddConstraint(
            model_name='powermapping',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None), ('unit__isnull', False)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('unit_id'), models.F('unit_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-')], name='powers_of_a_unit_kept_apart'),
        ),
        migrations.RunSQL(
            SAME_COMPANY, "ALTER TABLE power_mapping DROP CONSTRAINT mapped_power_is_narrowed_to_a_unit_of_its_company;"
        ),
    ]

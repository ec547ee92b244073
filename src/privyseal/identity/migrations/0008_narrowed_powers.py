import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import privyseal.identity.models.ranges
import privyseal.identity.rules.powers
from django.db import migrations, models

SAME_COMPANY = """
ALTER TABLE power_grant ADD CONSTRAINT power_is_narrowed_to_a_unit_of_its_company
  FOREIGN KEY (unit_id, company_id) REFERENCES unit (id, company_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_provider_links'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='grant',
            name='powers_kept_apart',
        ),
        migrations.AddField(
            model_name='grant',
            name='batch',
            field=models.CharField(blank=True, db_index=True, db_default='', default='', max_length=32),
        ),
        migrations.AddField(
            model_name='grant',
            name='seal_uid',
            field=models.CharField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='grant',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.unit'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seal_uid', None), ('unit', None)), models.Q(('company__isnull', False), models.Q(('unit', None), ('seal_uid', None), _connector='OR')), _connector='OR'), name='power_is_narrowed_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='power_has_a_term'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('company__isnull', False), ('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), default=privyseal.identity.models.ranges.Int4Range(models.Value(8), models.Value(9))), '-|-'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='powers_kept_apart'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (models.Case(models.When(power__in=[privyseal.identity.rules.powers.Power['SYSTEM'], privyseal.identity.rules.powers.Power['SECURITY'], privyseal.identity.rules.powers.Power['AUDIT']], then=privyseal.identity.models.ranges.Int8Range(models.Value(0), models.Value(None))), default=privyseal.identity.models.ranges.Int8Range(models.F('id'), models.F('id'), models.Value('[]'))), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='office_keeps_out_every_other_power'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[(privyseal.identity.models.ranges.Int8Range(models.F('person_id'), models.F('person_id'), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(models.F('company_id'), models.F('company_id'), models.Value('[]')), '&&'), (models.Case(models.When(power=privyseal.identity.rules.powers.Power['SYSTEM'], then=privyseal.identity.models.ranges.Int4Range(models.Value(0), models.Value(1))), models.When(power=privyseal.identity.rules.powers.Power['SECURITY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(1), models.Value(2))), models.When(power=privyseal.identity.rules.powers.Power['AUDIT'], then=privyseal.identity.models.ranges.Int4Range(models.Value(2), models.Value(3))), models.When(power=privyseal.identity.rules.powers.Power['MANAGE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(3), models.Value(4))), models.When(power=privyseal.identity.rules.powers.Power['USE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(4), models.Value(5))), models.When(power=privyseal.identity.rules.powers.Power['APPROVE'], then=privyseal.identity.models.ranges.Int4Range(models.Value(5), models.Value(6))), models.When(power=privyseal.identity.rules.powers.Power['CUSTODY'], then=privyseal.identity.models.ranges.Int4Range(models.Value(6), models.Value(7))), default=privyseal.identity.models.ranges.Int4Range(models.Value(-1), models.Value(0))), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('unit_id'), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.Int8Range(django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), django.db.models.functions.comparison.Coalesce(privyseal.identity.models.ranges.HashedText(models.F('seal_uid'), models.Value(0)), models.Value(0)), models.Value('[]')), '&&'), (privyseal.identity.models.ranges.TimeRange(models.F('starts_at'), models.F('ends_at')), '&&')], name='power_is_held_once_in_a_place'),
        ),
        migrations.RunSQL(
            SAME_COMPANY, "ALTER TABLE power_grant DROP CONSTRAINT power_is_narrowed_to_a_unit_of_its_company;"
        ),
    ]

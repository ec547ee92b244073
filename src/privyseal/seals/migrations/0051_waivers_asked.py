import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Waivers from before, which one manager gave, stay as they are; from now on each is asked for first.
_ASKED_FIRST = """
CREATE FUNCTION filing_is_waived_once_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR OLD.waiver_asked_at IS NULL OR NEW.waiver_asked_at IS DISTINCT FROM OLD.waiver_asked_at
     OR NEW.waiver_asked_by_id IS DISTINCT FROM OLD.waiver_asked_by_id OR NEW.waiver <> OLD.waiver THEN
    RAISE EXCEPTION 'a waiver is asked for before it is agreed to'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'filing_is_waived_once_asked';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER filing_is_entered_unwaived BEFORE INSERT ON filing
  FOR EACH ROW WHEN (NEW.waived_at IS NOT NULL) EXECUTE FUNCTION filing_is_waived_once_asked();
CREATE TRIGGER filing_is_waived_once_asked BEFORE UPDATE ON filing
  FOR EACH ROW WHEN (NEW.waived_at IS NOT NULL AND OLD.waived_at IS NULL) EXECUTE FUNCTION filing_is_waived_once_asked();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0050_remarks_on_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='filing',
            name='filing_is_waived_with_a_reason',
        ),
        migrations.RemoveConstraint(
            model_name='filing',
            name='filing_is_waived_by_another',
        ),
        migrations.AddField(
            model_name='filing',
            name='waiver_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='filing',
            name='waiver_asked_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(condition=models.Q(('waived_at', None), ('waiver_asked_at__isnull', False)), fields=['waiver_asked_at', 'entry'], name='filings_to_waive'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at', None), ('waived_by', None)), models.Q(('waived_at__isnull', False), ('waived_by__isnull', False)), _connector='OR'), name='filing_waiver_says_who_agreed'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waiver_asked_at', None), ('waiver_asked_by', None)), models.Q(('waiver_asked_at__isnull', False), ('waiver_asked_by__isnull', False)), _connector='OR'), name='filing_waiver_says_who_asked'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at', None), ('waiver', ''), ('waiver_asked_at', None)), models.Q(models.Q(('waiver', ''), _negated=True), models.Q(('waiver_asked_at__isnull', False), ('waived_at__isnull', False), _connector='OR')), _connector='OR'), name='filing_is_waived_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('filed_at', None), ('waiver_asked_at', None), _connector='OR'), name='what_is_filed_needs_no_waiver'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('waived_by', None), models.Q(('waived_by', models.F('owed_by')), ('waived_by', models.F('waiver_asked_by')), _connector='OR', _negated=True), _connector='OR'), name='filing_is_waived_by_another'),
        ),
        migrations.RunSQL(_ASKED_FIRST, migrations.RunSQL.noop),
    ]

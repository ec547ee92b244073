"""What authorities outside say of certificates of seals, and that none which they took back wakes a seal."""

from typing import Final

import django.db.models.deletion
from django.db import migrations, models

_LAW: Final = """
CREATE FUNCTION revoked_certificate_wakes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM outside_watch w JOIN seal_version v ON v.id = w.version_id
    WHERE v.seal_id = NEW.id AND v.version = NEW.version AND v.voided_at IS NULL AND w.revoked_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'the certificate of seal % is revoked', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'revoked_certificate_wakes_nothing';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER revoked_certificate_wakes_nothing BEFORE UPDATE OF state ON seal
  FOR EACH ROW WHEN (NEW.state = 'active' AND OLD.state <> 'active')
  EXECUTE FUNCTION revoked_certificate_wakes_nothing();

CREATE FUNCTION revoked_outside_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what an authority outside revoked stays so'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'revoked_outside_stays';
END $$;
CREATE TRIGGER revoked_outside_stays BEFORE UPDATE ON outside_watch FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL
    AND (NEW.revoked_at, NEW.revoked_since, NEW.version_id)
      IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_since, OLD.version_id))
  EXECUTE FUNCTION revoked_outside_stays();
CREATE TRIGGER revoked_outside_is_kept BEFORE DELETE ON outside_watch FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION revoked_outside_stays();
"""
_UNDONE: Final = """
DROP TRIGGER revoked_outside_is_kept ON outside_watch;
DROP TRIGGER revoked_outside_stays ON outside_watch;
DROP FUNCTION revoked_outside_stays;
DROP TRIGGER revoked_certificate_wakes_nothing ON seal;
DROP FUNCTION revoked_certificate_wakes_nothing;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0215_outside_certificates'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutsideWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=500)),
                ('about', models.CharField(blank=True, max_length=64)),
                ('content', models.BinaryField()),
                ('said_at', models.DateTimeField()),
                ('fetched_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'outside_word',
                'constraints': [models.UniqueConstraint(fields=('address', 'about'), name='one_word_an_address')],
            },
        ),
        migrations.CreateModel(
            name='OutsideWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_at', models.DateTimeField()),
                ('look_again_at', models.DateTimeField(db_index=True)),
                ('answer', models.CharField(choices=[('good', 'good'), ('revoked', 'revoked'), ('unknown', 'unknown')], max_length=16)),
                ('good_until', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=64)),
                ('revoked_since', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('evidence', models.BinaryField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('unwatched_at', models.DateTimeField(null=True)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='watch', to='seals.sealversion')),
            ],
            options={
                'db_table': 'outside_watch',
                'constraints': [models.CheckConstraint(condition=models.Q(('answer__in', ['good', 'revoked', 'unknown'])), name='outside_answer_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('evidence', None), ('revoked_at', None), ('revoked_since', None), ('told_at', None)), models.Q(('evidence__isnull', False), ('revoked_at__isnull', False), ('revoked_since__isnull', False)), _connector='OR'), name='revoked_outside_by_evidence'), models.CheckConstraint(condition=models.Q(('revoked_at', None), ('answer', 'revoked'), _connector='OR'), name='revoked_outside_for_good')],
            },
        ),
        migrations.RunSQL(_LAW, _UNDONE),
    ]

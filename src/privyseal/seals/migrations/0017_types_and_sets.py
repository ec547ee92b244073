"""Types of a group's own, and sets of seals that do not share a keeper; both are fences in the database as well."""

import django.contrib.postgres.fields
import django.db.models.deletion
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models


# A seal of a type of one's own is what that type is like, of its kind, and begins while it is open.
OWN_TYPE = """
ALTER TABLE seal ADD CONSTRAINT own_type_is_like_the_seals_type
  FOREIGN KEY (own_type_id, type) REFERENCES own_seal_type (id, "like") DEFERRABLE INITIALLY IMMEDIATE;
CREATE FUNCTION own_type_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM own_seal_type o WHERE o.id = NEW.own_type_id
      AND (o.retired_at IS NOT NULL OR (o.kind <> '' AND o.kind <> NEW.kind))
  ) THEN
    RAISE EXCEPTION 'this type is retired, or for the other kind of seal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'own_type_fits_the_seal';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_type_fits BEFORE INSERT OR UPDATE OF own_type_id, kind ON seal
  FOR EACH ROW WHEN (NEW.own_type_id IS NOT NULL) EXECUTE FUNCTION own_type_fits();
"""
NO_OWN_TYPE = """
DROP TRIGGER own_type_fits ON seal;
DROP FUNCTION own_type_fits();
ALTER TABLE seal DROP CONSTRAINT own_type_is_like_the_seals_type;
"""
# Beside the first fences: whom a type of one's own bars, and the sets.
KEEPERS = """
CREATE FUNCTION keeper_fits_type_and_sets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A set that is being named waits for this keeper, or this keeper for the set.
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('keeper sets', 0));
  IF EXISTS (
    SELECT 1 FROM seal s JOIN own_seal_type o ON o.id = s.own_type_id
    JOIN post p ON p.company_id = s.company_id AND p.office = ANY(o.barred)
    JOIN post_holding h ON h.post_id = p.id AND h.person_id = NEW.keeper_id AND h.revoked_at IS NULL
    WHERE s.id = NEW.seal_id AND (h.ends_at IS NULL OR h.ends_at > NEW.since)
  ) THEN
    RAISE EXCEPTION 'the post of this keeper goes with no custody of this type'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeper_is_not_barred';
  END IF;
  IF EXISTS (
    SELECT 1 FROM keeper_set_seals mine JOIN keeper_set k ON k.id = mine.keeperset_id AND k.ended_at IS NULL
    JOIN keeper_set_seals other ON other.keeperset_id = k.id AND other.seal_id <> mine.seal_id
    JOIN custody c ON c.seal_id = other.seal_id AND c.until IS NULL AND c.keeper_id = NEW.keeper_id
    WHERE mine.seal_id = NEW.seal_id
  ) THEN
    RAISE EXCEPTION 'the seals of this set do not share a keeper'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'set_has_a_keeper_each';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeper_fits_type_and_sets BEFORE INSERT OR UPDATE OF keeper_id, seal_id, until ON custody
  FOR EACH ROW WHEN (NEW.until IS NULL) EXECUTE FUNCTION keeper_fits_type_and_sets();
CREATE FUNCTION set_has_a_keeper_each() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper sets', 0));
  IF EXISTS (
    SELECT 1 FROM custody mine JOIN keeper_set_seals other ON other.keeperset_id = NEW.keeperset_id
    JOIN custody c ON c.seal_id = other.seal_id AND c.until IS NULL AND c.keeper_id = mine.keeper_id
    WHERE mine.seal_id = NEW.seal_id AND mine.until IS NULL AND other.seal_id <> NEW.seal_id
  ) THEN
    RAISE EXCEPTION 'the seals of this set do not share a keeper'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'set_has_a_keeper_each';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER set_has_a_keeper_each BEFORE INSERT OR UPDATE ON keeper_set_seals
  FOR EACH ROW EXECUTE FUNCTION set_has_a_keeper_each();
CREATE FUNCTION barred_by_type_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('keeper sets', 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.person_id, 0));
  IF EXISTS (
    SELECT 1 FROM post p JOIN seal s ON s.company_id = p.company_id
    JOIN own_seal_type o ON o.id = s.own_type_id AND p.office = ANY(o.barred)
    JOIN custody c ON c.seal_id = s.id AND c.keeper_id = NEW.person_id AND c.until IS NULL
    WHERE p.id = NEW.post_id AND (NEW.ends_at IS NULL OR NEW.ends_at > c.since)
  ) THEN
    RAISE EXCEPTION 'barred_post_waits_for_the_handover'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'barred_post_waits_for_the_handover';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER barred_by_type_waits BEFORE INSERT OR UPDATE OF person_id, post_id, ends_at ON post_holding
  FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION barred_by_type_waits();
"""
NO_KEEPERS = """
DROP TRIGGER barred_by_type_waits ON post_holding;
DROP FUNCTION barred_by_type_waits();
DROP TRIGGER set_has_a_keeper_each ON keeper_set_seals;
DROP FUNCTION set_has_a_keeper_each();
DROP TRIGGER keeper_fits_type_and_sets ON custody;
DROP FUNCTION keeper_fits_type_and_sets();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0013_returns'),
        ('seals', '0016_keys_of_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
            },
        ),
        migrations.AddField(
            model_name='seal',
            name='own_type',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='seals.owntype'),
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
        migrations.AddConstraint(
            model_name='owntype',
            constraint=models.UniqueConstraint(fields=('id', 'like'), name='own_type_with_its_like'),
        ),
        migrations.AddConstraint(
            model_name='owntype',
            constraint=models.CheckConstraint(condition=models.Q(('like__in', ['official', 'contract', 'finance', 'invoice', 'hr', 'legal-representative', 'department', 'project', 'drawing', 'customs', 'party', 'union', 'personal', 'other', 'licence', 'u-key', 'bank-token'])), name='own_type_is_like_a_known_one'),
        ),
        migrations.AddConstraint(
            model_name='owntype',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['', 'electronic', 'physical'])), name='own_type_is_of_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='owntype',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('company', 'name_zh'), name='one_open_type_of_a_name_zh'),
        ),
        migrations.AddConstraint(
            model_name='owntype',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('company', 'name_en'), name='one_open_type_of_a_name_en'),
        ),
        migrations.RunSQL(OWN_TYPE, NO_OWN_TYPE),
        migrations.RunSQL(KEEPERS, NO_KEEPERS),
    ]

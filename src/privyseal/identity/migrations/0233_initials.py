"""Names are found by the first letters of their pinyin, by functions of the database: no write can forget them."""

import json

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from privyseal.identity.initials import InitialPairs
from privyseal.identity.migrations._initials import FIRST, SECOND

_LETTERS = json.dumps({one: letter for letter, all_of_it in FIRST.items() for one in all_of_it}, ensure_ascii=False)
_OTHERS = json.dumps({one: letter for letter, all_of_it in SECOND.items() for one in all_of_it}, ensure_ascii=False)
# Where a character is read in two ways, both stand there, one after the other.
# The casts are read once and kept with the plan; without them each call reads the whole table anew, 6 ms instead of 0.03.
# By its schema: an index is rebuilt and looked at where no schema is searched.
_FUNCTIONS = f"""
CREATE FUNCTION initials(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  letters CONSTANT jsonb := '{_LETTERS}'::jsonb;
  others CONSTANT jsonb := '{_OTHERS}'::jsonb;
  small text := lower(said);
  first text := '';
  second text := '';
  one text;
BEGIN
  FOR place IN 1 .. coalesce(length(small), 0) LOOP
    one := substr(small, place, 1);
    first := first || coalesce(letters ->> one, one);
    second := second || coalesce(others ->> one, letters ->> one, one);
  END LOOP;
  RETURN CASE WHEN first = second THEN first ELSE first || ' ' || second END;
END $$;
CREATE FUNCTION initial_pairs(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  short text := public.initials(said);
  pairs text[] := '{{}}';
BEGIN
  FOR place IN 1 .. coalesce(length(short), 0) - 1 LOOP
    pairs[place] := substr(short, place, 2);
  END LOOP;
  RETURN pairs;
END $$;
"""
_GONE = "DROP FUNCTION initial_pairs(text); DROP FUNCTION initials(text);"


class Migration(migrations.Migration):
    dependencies = [("identity", "0165_table_files")]

    operations = [
        migrations.RunSQL(_FUNCTIONS, _GONE),
        migrations.AddIndex(
            model_name="person",
            index=GinIndex(InitialPairs("name"), name="person_by_initials", fastupdate=False),
        ),
        migrations.AddIndex(
            model_name="company",
            index=GinIndex(InitialPairs("name"), name="company_by_initials", fastupdate=False),
        ),
    ]

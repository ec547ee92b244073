"""What the database itself keeps of seals and keepers: triggers, since a constraint sees one row, and not the one before."""

# What a seal keeps for life, and that its end is one; a use moves only a seal in force.
LAW = """
CREATE FUNCTION seal_keeps_its_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'seal % stays in the register', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_is_never_deleted';
  END IF;
  IF OLD.state IN ('destroyed', 'void') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'seal % is % for good', OLD.number, OLD.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'final_seal_stays_final';
  END IF;
  IF (NEW.number, NEW.uid, NEW.company_id, NEW.kind) <> (OLD.number, OLD.uid, OLD.company_id, OLD.kind) THEN
    RAISE EXCEPTION 'seal % keeps number, owner and kind', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_number_is_for_life';
  END IF;
  IF NEW.state = 'active' AND OLD.state <> 'active' AND EXISTS (
    SELECT 1 FROM seal WHERE id = NEW.replaces_id AND state NOT IN ('destroyed', 'void')
  ) THEN
    RAISE EXCEPTION 'the seal before % is not void yet', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'predecessor_is_void_first';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seal_keeps_its_law BEFORE UPDATE OR DELETE ON seal FOR EACH ROW EXECUTE FUNCTION seal_keeps_its_law();

CREATE FUNCTION permit_moves_a_seal_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM seal WHERE id = NEW.seal_id AND state = 'active' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the seal of permit % is not in force', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'used_seal_is_in_force';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER used_seal_is_in_force BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'use' AND NEW.used > OLD.used) EXECUTE FUNCTION permit_moves_a_seal_in_force();
"""
# Who may keep what.
KEEPER_MAY_KEEP = """
CREATE FUNCTION keeper_may_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept seal%ROWTYPE;
BEGIN
  -- Two hand-overs to one keeper pass one after the other.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.keeper_id, 0));
  SELECT * INTO kept FROM seal WHERE id = NEW.seal_id;
  IF EXISTS (
    SELECT 1 FROM post_holding h JOIN post p ON p.id = h.post_id
    WHERE h.person_id = NEW.keeper_id AND p.company_id = kept.company_id AND h.revoked_at IS NULL
      AND p.office IN ('legal-representative', 'general-manager', 'finance-head')
      AND (h.ends_at IS NULL OR h.ends_at > NEW.since)
  ) THEN
    RAISE EXCEPTION 'the post of this keeper goes with no custody'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeper_is_not_barred';
  END IF;
  IF kept.type IN ('finance', 'legal-representative') AND EXISTS (
    SELECT 1 FROM custody c JOIN seal s ON s.id = c.seal_id
    WHERE c.keeper_id = NEW.keeper_id AND c.until IS NULL AND c.seal_id <> NEW.seal_id
      AND s.company_id = kept.company_id AND s.type IN ('finance', 'legal-representative') AND s.type <> kept.type
  ) THEN
    RAISE EXCEPTION 'these seals do not share a keeper'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keepers_kept_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeper_may_keep BEFORE INSERT OR UPDATE OF keeper_id, seal_id ON custody
  FOR EACH ROW WHEN (NEW.until IS NULL) EXECUTE FUNCTION keeper_may_keep();
"""
# A post that goes with no custody waits until its holder has handed over.
BARRED_POST_WAITS = """
CREATE FUNCTION barred_post_waits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place post%ROWTYPE;
BEGIN
  SELECT * INTO place FROM post WHERE id = NEW.post_id;
  IF place.office NOT IN ('legal-representative', 'general-manager', 'finance-head') THEN
    RETURN NEW;
  END IF;
  -- A hand-over to this person waits, or has already been seen.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.person_id, 0));
  IF EXISTS (
    SELECT 1 FROM custody c JOIN seal s ON s.id = c.seal_id
    WHERE c.keeper_id = NEW.person_id AND c.until IS NULL AND s.company_id = place.company_id
      AND (NEW.ends_at IS NULL OR NEW.ends_at > c.since)
  ) THEN
    RAISE EXCEPTION 'barred_post_waits_for_the_handover'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'barred_post_waits_for_the_handover', DETAIL = place.office;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER barred_post_waits BEFORE INSERT OR UPDATE OF person_id, post_id, ends_at ON post_holding
  FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION barred_post_waits();
"""
# A seal's unit is of its company, and stays open as long as a seal belongs to it.
UNITS = """
ALTER TABLE seal ADD CONSTRAINT seal_belongs_to_a_unit_of_its_company
  FOREIGN KEY (unit_id, company_id) REFERENCES unit (id, company_id) DEFERRABLE INITIALLY IMMEDIATE;
CREATE FUNCTION unit_with_seals_stays_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM seal WHERE unit_id = NEW.id AND state NOT IN ('destroyed', 'void')) THEN
    RAISE EXCEPTION 'a seal belongs to this unit'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_with_seals_stays_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER unit_with_seals_stays_open BEFORE UPDATE OF closed_at ON unit
  FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION unit_with_seals_stays_open();
"""
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
# Beside the first fences: whom a type of one's own bars, and the sets.
TYPES_AND_SETS = """
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
# Nobody has two parts in one permit: the key says so, under a name that says why.
PARTS = "ALTER TABLE permit_part RENAME CONSTRAINT permit_part_pkey TO holder_is_not_approver;"
# A seal that bears a name its company no longer has is not used after the day chosen for it.
FORMER_NAMES = """
CREATE FUNCTION used_seal_bears_its_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The day of the session is that of UTC: in Asia it ends some hours later than the rule says, never earlier.
  IF EXISTS (
    SELECT 1 FROM seal s JOIN company c ON c.id = s.company_id
    JOIN seal_version v ON v.seal_id = s.id AND v.voided_at IS NULL
    WHERE s.id = NEW.seal_id AND v.made_at < c.renamed_at AND c.old_seals_until < CURRENT_DATE
  ) THEN
    RAISE EXCEPTION 'the seal of permit % bears an earlier name of its company', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'used_seal_bears_its_name';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER used_seal_bears_its_name BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'use' AND NEW.used > OLD.used) EXECUTE FUNCTION used_seal_bears_its_name();
"""
# Whoever watches gives no word, no consent and no picture.
WORDS = "".join(
    f"""
CREATE TRIGGER auditor_takes_no_part BEFORE INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('{who}', '{when}');
"""
    for table, who, when in (
        ("attestation", "person_id", "at"),
        ("incident_consent", "person_id", "at"),
        ("seal_photo", "received_by_id", "received_at"),
    )
)
# A seal of a type of one's own belongs to a unit, or to the company itself, as the type says.
LEVEL = """
CREATE FUNCTION own_type_is_of_the_seals_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM own_seal_type WHERE id = NEW.own_type_id AND level = CASE WHEN NEW.unit_id IS NULL THEN 'unit' ELSE 'company' END
  ) THEN
    RAISE EXCEPTION 'seals of this type are of another level'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'own_type_is_of_the_seals_level';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_type_is_of_the_seals_level BEFORE INSERT OR UPDATE OF own_type_id, unit_id ON seal
  FOR EACH ROW WHEN (NEW.own_type_id IS NOT NULL) EXECUTE FUNCTION own_type_is_of_the_seals_level();
"""
# Nor is whoever watches named for a consent to come.
NAMED = """
CREATE TRIGGER auditor_takes_no_part BEFORE INSERT ON co_custodian
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('person_id', 'since');
"""
# Whoever is to run, secure or audit the installation hands over first what they keep.
OFFICE_WAITS = """
CREATE FUNCTION office_waits_for_the_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A hand-over to this person waits, or has already been seen.
  PERFORM pg_advisory_xact_lock(hashtextextended('keeper ' || NEW.person_id, 0));
  IF EXISTS (SELECT 1 FROM custody WHERE keeper_id = NEW.person_id AND until IS NULL) THEN
    RAISE EXCEPTION 'whoever takes this office still keeps a seal'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'office_waits_for_the_handover';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER office_waits_for_the_handover BEFORE INSERT OR UPDATE OF person_id, power, confirmed_at ON power_grant
  FOR EACH ROW WHEN (NEW.company_id IS NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION office_waits_for_the_handover();
"""
# A seal that bears a name is used with the own yes of that person alone, said to this use or before in a mandate.
OWN_YES = """
CREATE FUNCTION whose_name(which bigint, moment timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT p.person_id FROM seal_person p JOIN seal s ON s.id = p.seal_id
    WHERE s.id = which AND s.type = 'personal' AND p.confirmed_at IS NOT NULL
  UNION SELECT h.person_id FROM seal s JOIN post o ON o.company_id = s.company_id AND o.office = 'legal-representative'
    JOIN post_holding h ON h.post_id = o.id AND h.deputy_for_id IS NULL AND h.revoked_at IS NULL
    WHERE s.id = which AND s.type = 'legal-representative' AND h.starts_at <= moment
      AND (h.ends_at IS NULL OR h.ends_at > moment)
$$;
CREATE FUNCTION permit_has_own_yes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM seal WHERE id = NEW.seal_id AND type IN ('legal-representative', 'personal'))
    AND (NEW.own_yes_id IS NULL OR NEW.own_yes_id NOT IN (SELECT whose_name(NEW.seal_id, NEW.issued_at)))
  THEN
    RAISE EXCEPTION 'whoever the seal of permit % names has not said yes', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_has_own_yes';
  END IF;
  IF NEW.mandate_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM mandate WHERE id = NEW.mandate_id AND seal_id = NEW.seal_id AND given_by_id = NEW.own_yes_id
      AND revoked_at IS NULL AND starts_at <= NEW.issued_at AND ends_at >= NEW.expires_at
  ) THEN
    RAISE EXCEPTION 'the mandate of permit % does not cover it', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_covers_its_permit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER permit_has_own_yes BEFORE INSERT ON permit
  FOR EACH ROW WHEN (NEW.purpose IN ('use', 'standing')) EXECUTE FUNCTION permit_has_own_yes();
CREATE FUNCTION mandate_of_a_use_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM mandate WHERE id = NEW.mandate_id AND revoked_at IS NULL FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the mandate of permit % is revoked', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_of_a_use_stands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mandate_of_a_use_stands BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.mandate_id IS NOT NULL AND NEW.used > OLD.used) EXECUTE FUNCTION mandate_of_a_use_stands();
CREATE FUNCTION whose_seal_is_for_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_at IS NOT NULL THEN
    RAISE EXCEPTION 'whose name a seal bears is agreed for life'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'whose_seal_is_for_life';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER whose_seal_is_for_life BEFORE UPDATE OR DELETE ON seal_person
  FOR EACH ROW EXECUTE FUNCTION whose_seal_is_for_life();
CREATE FUNCTION mandate_stays_as_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.used < OLD.used OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
    OR to_jsonb(NEW) - 'used' - 'revoked_at' <> to_jsonb(OLD) - 'used' - 'revoked_at'
  THEN
    RAISE EXCEPTION 'a mandate stays as it was given, and once revoked stays so'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_stays_as_given';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mandate_stays_as_given BEFORE UPDATE OR DELETE ON mandate
  FOR EACH ROW EXECUTE FUNCTION mandate_stays_as_given();
CREATE TRIGGER auditor_takes_no_part BEFORE INSERT ON mandate
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('given_by_id', 'given_at');
"""
# The signer is told of a revoked mandate; besides that it stays as it was.
MANDATE_IS_DENIED = """
CREATE OR REPLACE FUNCTION mandate_stays_as_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.used < OLD.used OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
    OR to_jsonb(NEW) - 'used' - 'revoked_at' - 'denied_at' <> to_jsonb(OLD) - 'used' - 'revoked_at' - 'denied_at'
  THEN
    RAISE EXCEPTION 'a mandate stays as it was given, and once revoked stays so'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_stays_as_given';
  END IF;
  RETURN NEW;
END $$;
"""
# Nobody is used for what they ask for by whoever approved it and acts for them since; what has ended stays ended.
STANDS_APART = """
CREATE FUNCTION approver_still_stands_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Most people stand in for nobody, and that is seen at once.
  IF EXISTS (
    SELECT 1 FROM permit_part p JOIN post_holding h ON p.person_id IN (h.person_id, h.deputy_for_id)
    WHERE p.permit_id = NEW.id AND p.part = 'approver' AND h.deputy_for_id IS NOT NULL
  ) AND EXISTS (
    SELECT 1 FROM permit_part p, tied_to(NEW.applicant_id, NEW.issued_at, clock_timestamp()) AS tied(person)
    WHERE p.permit_id = NEW.id AND p.part = 'approver' AND p.person_id = tied.person
  ) THEN
    RAISE EXCEPTION 'whoever approved permit % acts for its applicant', NEW.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approver_still_stands_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approver_still_stands_apart BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.used > OLD.used AND NEW.applicant_id IS NOT NULL) EXECUTE FUNCTION approver_still_stands_apart();
CREATE FUNCTION permit_stays_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'permit % has ended', OLD.uid
    USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_stays_ended';
END $$;
CREATE TRIGGER permit_stays_ended BEFORE UPDATE OF revoked_at, expired_at, expires_at, impressions ON permit
  FOR EACH ROW WHEN (
    (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) OR (OLD.expired_at IS NOT NULL AND NEW.expired_at IS NULL)
    OR NEW.expires_at > OLD.expires_at OR NEW.impressions > OLD.impressions
  ) EXECUTE FUNCTION permit_stays_ended();
"""
# A standing permit is for routine papers, for a quarter at most, and moves only a seal in force that bears its name.
STANDING = """
ALTER TABLE permit ADD CONSTRAINT standing_is_for_routine CHECK (
  purpose <> 'standing' OR terms ->> 'document_class' IN
    ('employment-certificate', 'invoice', 'bank-slip', 'delivery-note', 'reconciliation-letter'));
ALTER TABLE permit ADD CONSTRAINT standing_ends_within_a_quarter CHECK (
  purpose <> 'standing' OR expires_at <= starts_at + interval '92 days');
CREATE TRIGGER standing_seal_is_in_force BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'standing' AND NEW.used > OLD.used) EXECUTE FUNCTION permit_moves_a_seal_in_force();
CREATE TRIGGER standing_seal_bears_its_name BEFORE UPDATE OF used ON permit
  FOR EACH ROW WHEN (NEW.purpose = 'standing' AND NEW.used > OLD.used) EXECUTE FUNCTION used_seal_bears_its_name();
"""
FENCES = LAW + KEEPER_MAY_KEEP + BARRED_POST_WAITS + UNITS + OWN_TYPE + TYPES_AND_SETS + FORMER_NAMES + PARTS
# The numbers of a register refer each to the one before: a gap finds nothing to refer to.
PLACES = """
ALTER TABLE seal ADD COLUMN place integer CHECK (place >= 1);
UPDATE seal SET place = counted.place FROM (
  SELECT id, row_number() OVER (PARTITION BY company_id ORDER BY id) AS place FROM seal
) AS counted WHERE counted.id = seal.id;
ALTER TABLE seal ALTER COLUMN place SET NOT NULL;
ALTER TABLE seal ADD COLUMN place_before integer GENERATED ALWAYS AS (NULLIF(place - 1, 0)) STORED;
ALTER TABLE seal ADD CONSTRAINT one_seal_a_place_in_the_register UNIQUE (company_id, place);
ALTER TABLE seal ADD CONSTRAINT seal_register_has_no_gap
  FOREIGN KEY (company_id, place_before) REFERENCES seal (company_id, place);

CREATE FUNCTION seal_keeps_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'seal % keeps its place in the register', OLD.number
    USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_keeps_its_place';
END $$;
CREATE TRIGGER seal_keeps_its_place BEFORE UPDATE OF place ON seal
  FOR EACH ROW WHEN (NEW.place <> OLD.place) EXECUTE FUNCTION seal_keeps_its_place();
"""
BOOKS = """
ALTER TABLE use_entry ADD CONSTRAINT use_register_has_no_gap
  FOREIGN KEY (book_id, number_before) REFERENCES use_entry (book_id, number);

CREATE FUNCTION register_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what the register says stays'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'register_is_only_added_to';
END $$;
CREATE TRIGGER register_is_only_added_to BEFORE UPDATE OR DELETE ON use_entry
  FOR EACH ROW EXECUTE FUNCTION register_is_only_added_to();
CREATE TRIGGER register_is_never_emptied BEFORE TRUNCATE ON use_entry
  FOR EACH STATEMENT EXECUTE FUNCTION register_is_only_added_to();
CREATE TRIGGER register_is_only_added_to BEFORE UPDATE OR DELETE ON use_remark
  FOR EACH ROW EXECUTE FUNCTION register_is_only_added_to();
CREATE TRIGGER register_is_never_emptied BEFORE TRUNCATE ON use_remark
  FOR EACH STATEMENT EXECUTE FUNCTION register_is_only_added_to();

-- The last number of a book is that of its last entry, whoever writes which of them.
CREATE FUNCTION book_counts_its_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM use_book WHERE id = NEW.book_id AND uses = NEW.number) THEN
    RAISE EXCEPTION 'use % is not the next one of its book', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'use_has_the_next_number';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER use_has_the_next_number BEFORE INSERT ON use_entry
  FOR EACH ROW EXECUTE FUNCTION book_counts_its_entries();
"""
# Many entries are written at once: the last of them has the last number, and those before it follow without a gap.
ENTRIES_TOGETHER = """
CREATE OR REPLACE FUNCTION book_counts_its_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong bigint;
BEGIN
  SELECT max(entry.number) INTO wrong FROM entered entry JOIN use_book book ON book.id = entry.book_id
    GROUP BY book.id, book.uses HAVING max(entry.number) <> book.uses LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'use % is not the next one of its book', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'use_has_the_next_number';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER use_has_the_next_number ON use_entry;
CREATE TRIGGER use_has_the_next_number AFTER INSERT ON use_entry
  REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION book_counts_its_entries();
"""

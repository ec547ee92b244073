"""What applications are found by, and what the database itself keeps of them."""

BIGRAMS = """
CREATE FUNCTION bigrams(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY(SELECT substr(lower(said), first, 2) FROM generate_series(1, length(said) - 1) first);
"""
# Nobody votes twice at a stage: the key says so, under a name that says why.
VOTES = "ALTER TABLE application_vote RENAME CONSTRAINT application_vote_pkey TO one_vote_a_person_a_stage;"
# Without figures on how often each pair of letters stands there, the planner takes every word for a rare one.
FIGURES = "ANALYZE application, application_line;"
# Kept by a hash of all three: an index of the key itself takes more than twice the room.
ONCE = """
CREATE FUNCTION line_key(application bigint, seal bigint, document bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN int8send(application) || int8send(seal) || document;
ALTER TABLE application_line ADD CONSTRAINT seal_is_on_a_document_once
    EXCLUDE USING hash (line_key(application_id, seal_id, document_sha256) WITH =) WHERE (document_sha256 <> '');
"""
# Whoever watches has no hand in an application, not even in taking their own back.
WITHDRAWN = """
CREATE TRIGGER auditor_takes_no_part BEFORE UPDATE OF state ON application
  FOR EACH ROW WHEN (NEW.state = 'withdrawn') EXECUTE FUNCTION auditor_takes_no_part('applicant_id', 'decided_at');
"""
# One yes or no a person an application, at whatever stage.
ONE_VOTE = """
ALTER TABLE application_vote DROP CONSTRAINT one_vote_a_person_a_stage;
ALTER TABLE application_vote ADD CONSTRAINT one_vote_a_person PRIMARY KEY (application_id, person_id);
"""
# What decides stays as it was when it began to: a policy in force is followed by another, never changed.
POLICIES = """
CREATE FUNCTION policy_stays_as_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_at IS NOT NULL AND (
    TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at'
  ) THEN
    RAISE EXCEPTION 'policy % is kept as it was confirmed', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_stays_as_confirmed';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER policy_stays_as_confirmed BEFORE UPDATE OR DELETE ON policy
  FOR EACH ROW EXECUTE FUNCTION policy_stays_as_confirmed();

CREATE FUNCTION seat_stays_as_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the stages of an application stay as they were when it was submitted'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_stays_as_asked';
END $$;
CREATE TRIGGER seat_stays_as_asked BEFORE UPDATE OR DELETE ON application_seat
  FOR EACH ROW EXECUTE FUNCTION seat_stays_as_asked();
"""
# Whoever stands in for the applicant, or for whom the applicant stands in, decides nothing for them.
VOTER = """
CREATE FUNCTION voter_stands_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Most people stand in for nobody, and that is seen at once.
  IF EXISTS (
    SELECT 1 FROM post_holding WHERE person_id = NEW.person_id AND deputy_for_id IS NOT NULL
    UNION ALL SELECT 1 FROM post_holding WHERE deputy_for_id = NEW.person_id
  ) AND EXISTS (
    SELECT 1 FROM application, tied_to(applicant_id, submitted_at, NEW.at) AS tied(person)
    WHERE id = NEW.application_id AND tied.person = NEW.person_id
  ) THEN
    RAISE EXCEPTION 'whoever acts for the applicant decides nothing for them'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'voter_stands_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER voter_stands_apart BEFORE INSERT ON application_vote
  FOR EACH ROW EXECUTE FUNCTION voter_stands_apart();
"""
# What approvers are shown beside the statements stays as it was when the application was put before them.
PAPERS = """
CREATE FUNCTION papers_stay_as_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the papers of an application stay as they were when it was submitted'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_stay_as_submitted';
END $$;
CREATE TRIGGER papers_stay_as_submitted BEFORE UPDATE OF attached, attached_kinds, required_kinds ON application
  FOR EACH ROW WHEN (
    OLD.shown_sha256 <> '' AND (OLD.attached, OLD.attached_kinds, OLD.required_kinds)
      IS DISTINCT FROM (NEW.attached, NEW.attached_kinds, NEW.required_kinds)
  ) EXECUTE FUNCTION papers_stay_as_submitted();
"""
# A category in force is followed by another version, never changed; what was entered under one stays.
CATEGORIES = """
CREATE FUNCTION category_stays_as_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_at IS NOT NULL AND (
    TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at'
  ) THEN
    RAISE EXCEPTION 'category % is kept as it was confirmed', OLD.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'category_stays_as_confirmed';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER category_stays_as_confirmed BEFORE UPDATE OR DELETE ON category
  FOR EACH ROW EXECUTE FUNCTION category_stays_as_confirmed();

CREATE TRIGGER category_stays_as_submitted BEFORE UPDATE OF category_id, entered ON application
  FOR EACH ROW WHEN (
    OLD.shown_sha256 <> '' AND (OLD.category_id, OLD.entered) IS DISTINCT FROM (NEW.category_id, NEW.entered)
  ) EXECUTE FUNCTION papers_stay_as_submitted();
"""
# Whoever watches has no hand in it, not even by a yes of their own; a yes stays as it was said.
OWN_YES = """
CREATE TRIGGER auditor_takes_no_part BEFORE UPDATE OF given_at ON application_own_yes
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('person_id', 'given_at');
CREATE FUNCTION own_yes_stays_as_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.given_at IS NOT NULL OR OLD.mandate_id IS NOT NULL
    OR (NEW.application_id, NEW.seal_id, NEW.person_id, NEW.mandate_id)
      IS DISTINCT FROM (OLD.application_id, OLD.seal_id, OLD.person_id, OLD.mandate_id)
  THEN
    RAISE EXCEPTION 'an own yes stays as it was said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'own_yes_stays_as_said';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_yes_stays_as_said BEFORE UPDATE OR DELETE ON application_own_yes
  FOR EACH ROW EXECUTE FUNCTION own_yes_stays_as_said();
"""
# A yes may be taken back, once and for good, and nothing is permitted on it after that.
TAKEN_BACK = """
CREATE OR REPLACE FUNCTION own_yes_stays_as_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at AND OLD.withdrawn_at IS NOT NULL
    OR (NEW.application_id, NEW.seal_id, NEW.person_id, NEW.mandate_id)
      IS DISTINCT FROM (OLD.application_id, OLD.seal_id, OLD.person_id, OLD.mandate_id)
    OR (OLD.given_at IS NOT NULL OR OLD.mandate_id IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)
      AND (NEW.given_at, NEW.shown_sha256, NEW.approved) IS DISTINCT FROM (OLD.given_at, OLD.shown_sha256, OLD.approved)
  THEN
    RAISE EXCEPTION 'an own yes stays as it was said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'own_yes_stays_as_said';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION permit_rests_on_no_yes_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application_own_yes o JOIN application a ON a.id = o.application_id
    WHERE a.uid = NEW.application_uid AND o.seal_id = NEW.seal_id AND o.withdrawn_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'the own yes to this was taken back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_rests_on_no_yes_taken_back';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER permit_rests_on_no_yes_taken_back BEFORE INSERT ON permit
  FOR EACH ROW WHEN (NEW.own_yes_id IS NOT NULL) EXECUTE FUNCTION permit_rests_on_no_yes_taken_back();
CREATE TRIGGER auditor_takes_nothing_back BEFORE UPDATE OF withdrawn_at ON application_own_yes
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('person_id', 'withdrawn_at');
"""
# What was acknowledged stays with the application.
REMARKS = """
CREATE TRIGGER remarks_stay_as_submitted BEFORE UPDATE OF remarks ON application
  FOR EACH ROW WHEN (OLD.shown_sha256 <> '' AND OLD.remarks IS DISTINCT FROM NEW.remarks)
  EXECUTE FUNCTION papers_stay_as_submitted();
"""
# A copy is approved as checked against its original only once a witness of the application has said so.
COPIES = """
CREATE FUNCTION copy_is_compared_before_it_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM application_line WHERE application_id = NEW.id AND manner = 'true-copy')
    AND NOT EXISTS (
      SELECT 1 FROM application_copy_check c JOIN application_casting k USING (application_id, person_id)
      WHERE c.application_id = NEW.id AND c.compared_at IS NOT NULL AND k.is_witness
    )
  THEN
    RAISE EXCEPTION 'a copy is compared with its original before it is approved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'copy_is_compared_before_it_is_approved';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER copy_is_compared_before_it_is_approved BEFORE UPDATE OF state ON application
  FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved')
  EXECUTE FUNCTION copy_is_compared_before_it_is_approved();

CREATE TRIGGER auditor_takes_no_part BEFORE UPDATE OF compared_at ON application_copy_check
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('person_id', 'compared_at');
CREATE FUNCTION comparison_stays_as_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.compared_at IS NOT NULL OR NEW.person_id <> OLD.person_id THEN
    RAISE EXCEPTION 'a comparison stays as it was said'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'comparison_stays_as_said';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER comparison_stays_as_said BEFORE UPDATE OR DELETE ON application_copy_check
  FOR EACH ROW EXECUTE FUNCTION comparison_stays_as_said();
"""
# What the register says of a document and of the place is what approvers were shown.
PARTICULARS = """
CREATE TRIGGER particulars_stay_as_submitted BEFORE UPDATE OF particulars, off_site ON application
  FOR EACH ROW WHEN (
    OLD.shown_sha256 <> '' AND (OLD.particulars, OLD.off_site) IS DISTINCT FROM (NEW.particulars, NEW.off_site)
  ) EXECUTE FUNCTION papers_stay_as_submitted();
"""
# What the register says of a use is what was approved, line by line.
LINES_STAY = """
CREATE TRIGGER approved_line_stays
  BEFORE DELETE OR UPDATE OF application_id, seal_id, document_sha256, document_name, manner, copies, impressions, placements
  ON application_line FOR EACH ROW EXECUTE FUNCTION approved_line_stays();
"""
# The same pairs, eight times as fast: a function in SQL with a query inside is prepared anew for every text.
BIGRAMS_IN_A_LOOP = """
CREATE OR REPLACE FUNCTION bigrams(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  small text := lower(said);
  pairs text[] := '{}';
BEGIN
  FOR place IN 1 .. coalesce(length(said), 0) - 1 LOOP
    pairs[place] := substr(small, place, 2);
  END LOOP;
  RETURN pairs;
END $$;
"""

"""What the database itself keeps of what is done about an application while it waits."""

# What was done about an application on its way is kept; a vote goes only where a return has made it void, and stays known.
COURSE = """
CREATE FUNCTION course_stays_as_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was done about an application is kept'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'course_stays_as_taken';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER course_stays_as_taken BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION course_stays_as_taken();
CREATE TRIGGER auditor_takes_no_part BEFORE INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION auditor_takes_no_part('{who}', 'at');
"""
    for table, who in (
        ("application_detour", "by_id"),
        ("application_comment", "person_id"),
        ("application_reader", "named_by_id"),
    )
)
VOID = """
CREATE TRIGGER course_stays_as_taken BEFORE UPDATE OR DELETE ON application_vote_void
  FOR EACH ROW EXECUTE FUNCTION course_stays_as_taken();

CREATE FUNCTION vote_is_void_by_a_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM application_vote_void v JOIN application_detour d
      ON d.application_id = v.application_id AND d.number = v.detour AND d.course = 'return' AND d.to_stage <= v.stage
    WHERE v.application_id = OLD.application_id AND v.person_id = OLD.person_id AND v.stage = OLD.stage
      AND v.at = OLD.at AND v.decision = OLD.decision AND v.approved = OLD.approved AND d.at >= OLD.at
  ) THEN
    RAISE EXCEPTION 'a vote counts until its stage is asked again'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'vote_is_void_by_a_return';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER vote_is_void_by_a_return BEFORE DELETE ON application_vote
  FOR EACH ROW EXECUTE FUNCTION vote_is_void_by_a_return();
"""
# Nobody is asked besides or instead of another whose duty here, or whose deputy's, forbids it, and none who gave it on.
ASKED_STANDS_APART = """
CREATE OR REPLACE FUNCTION asked_stands_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM application a, LATERAL playing_in(a.id) AS c,
      LATERAL tied_to(c.person_id, a.submitted_at, NEW.at) AS tied(person)
    WHERE a.id = NEW.application_id AND tied.person IN (NEW.person_id, NEW.by_id)
      AND (tied.person = NEW.person_id OR c.is_applicant)
    UNION ALL
    SELECT 1 FROM application a JOIN application_line l ON l.application_id = a.id
      JOIN custody k ON k.seal_id = l.seal_id AND k.until IS NULL,
      LATERAL tied_to(k.keeper_id, a.submitted_at, NEW.at) AS tied(person)
    WHERE a.id = NEW.application_id AND tied.person = NEW.person_id
  ) THEN
    RAISE EXCEPTION 'whoever is asked has another part in this, or stands in for somebody who has'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'asked_stands_apart';
  END IF;
  IF EXISTS (
    SELECT 1 FROM application_detour d WHERE d.application_id = NEW.application_id AND d.stage = NEW.stage
      AND (d.by_id = NEW.person_id AND d.course <> 'return' OR d.person_id = NEW.person_id AND d.course = 'ask-further')
  ) THEN
    RAISE EXCEPTION 'whoever gave it on or asked is not asked again'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'asked_in_no_circle';
  END IF;
  RETURN NEW;
END $$;
"""
ASKED = f"""
{ASKED_STANDS_APART}
CREATE TRIGGER asked_stands_apart BEFORE INSERT ON application_detour
  FOR EACH ROW EXECUTE FUNCTION asked_stands_apart();
"""

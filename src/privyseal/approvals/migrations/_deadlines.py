"""What the database itself keeps of deadlines."""

# What the policy said of it stays; what is reckoned from that moves with the stage.
DEADLINES = """
CREATE FUNCTION due_stays_as_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the deadline of a stage stays as it was when the application was submitted'
    USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'due_stays_as_asked';
END $$;
CREATE TRIGGER due_stays_as_asked
  BEFORE DELETE OR UPDATE OF application_id, stage, number, counted, reminders, lapse, who, name, posts, people
  ON application_due FOR EACH ROW EXECUTE FUNCTION due_stays_as_asked();
"""

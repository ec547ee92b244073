"""What the database keeps of the lines of permits by which paper is stamped by hand."""

# What a line allows is what was approved of it: at first, and by each addition to its permit. What is in the register
# is raised no more.
LINES = """
CREATE FUNCTION line_is_raised_by_an_addition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the permit%ROWTYPE;
BEGIN
  SELECT * INTO the FROM permit WHERE id = NEW.permit_id;
  IF EXISTS (SELECT 1 FROM use_entry WHERE line_id = NEW.id) OR NEW.impressions <> (
    SELECT coalesce(sum(l.copies * l.impressions), 0) FROM application_line l JOIN application a ON a.id = l.application_id
    WHERE l.seal_id = the.seal_id AND l.document_sha256 = NEW.document_sha256 AND a.uid IN (
      SELECT the.application_uid UNION ALL
      SELECT application_uid FROM permit_addition WHERE permit_id = the.id AND impressions_after > impressions_before
    )
  ) THEN
    RAISE EXCEPTION 'a line of permit % allows what was approved of it', the.uid
      USING ERRCODE = 'check_violation', CONSTRAINT = 'line_is_raised_by_an_addition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER line_is_raised_by_an_addition BEFORE UPDATE OF impressions ON permit_line
  FOR EACH ROW WHEN (NEW.impressions <> OLD.impressions) EXECUTE FUNCTION line_is_raised_by_an_addition();
"""

"""What the database keeps of permits that end together."""

# As the rows of ENDS_WITH say, looked at when it is committed. Rubber seals on one paper are counted each by itself: what
# one count leaves unused says nothing of another.
TOGETHER = """
CREATE FUNCTION permits_of_one_act_end_together() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM permit_line l JOIN permit_line m ON m.document_sha256 = l.document_sha256 AND m.permit_id <> l.permit_id
      JOIN permit p ON p.id = m.permit_id
    WHERE l.permit_id = NEW.id AND p.revoked_at IS NULL AND p.expired_at IS NULL AND p.used < p.impressions
      AND (p.application_uid = NEW.application_uid OR (p.joint_uid = NEW.joint_uid AND m.turn > l.turn))
      AND NOT EXISTS (SELECT 1 FROM use_entry e WHERE e.line_id IN (l.id, m.id))
      AND NOT EXISTS (SELECT 1 FROM seal s WHERE s.id IN (NEW.seal_id, p.seal_id) AND s.kind <> 'electronic')
  ) THEN
    RAISE EXCEPTION 'what one act puts on a document with permit % goes on without it', NEW.uid
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'permits_of_one_act_end_together';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER permits_of_one_act_end_together AFTER UPDATE OF revoked_at ON permit
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL AND NEW.used < NEW.impressions AND NEW.purpose = 'use')
  EXECUTE FUNCTION permits_of_one_act_end_together();
"""

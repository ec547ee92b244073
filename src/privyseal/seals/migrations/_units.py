"""What the database keeps of standing permits of a unit."""

# It is of the seal's company, stays what was approved, and nobody holds the permit by name beside it.
UNIT_OF_A_PERMIT = """
CREATE FUNCTION unit_of_a_permit_is_of_the_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR NOT EXISTS (
    SELECT 1 FROM unit u JOIN seal s ON s.company_id = u.company_id WHERE u.id = NEW.unit_id AND s.id = NEW.seal_id
  ) THEN
    RAISE EXCEPTION 'a standing permit is for a unit of the company of its seal, and stays for it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_of_a_permit_is_of_the_company';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER unit_of_a_permit_is_of_the_company BEFORE INSERT ON permit
  FOR EACH ROW WHEN (NEW.unit_id IS NOT NULL) EXECUTE FUNCTION unit_of_a_permit_is_of_the_company();
CREATE TRIGGER unit_of_a_permit_stays BEFORE UPDATE OF unit_id ON permit
  FOR EACH ROW WHEN (NEW.unit_id IS DISTINCT FROM OLD.unit_id) EXECUTE FUNCTION unit_of_a_permit_is_of_the_company();
"""

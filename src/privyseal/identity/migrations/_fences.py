"""What the database itself keeps of the organisation, beyond what a constraint of Django's can say."""

# A trigger, since no constraint sees more than one row. The lock lets one move pass at a time: two moves that are harmless
# alone could close a ring together.
CYCLES = """
CREATE FUNCTION refuse_a_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  above bigint := NEW.parent_id;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tree of ' || TG_TABLE_NAME, 0));
  WHILE above IS NOT NULL LOOP
    IF above = NEW.id THEN
      RAISE EXCEPTION 'this would stand above itself'
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    EXECUTE format('SELECT parent_id FROM %I WHERE id = $1', TG_TABLE_NAME) INTO above USING above;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER company_tree_has_no_cycle BEFORE INSERT OR UPDATE OF parent_id ON company
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_a_cycle();
CREATE TRIGGER unit_tree_has_no_cycle BEFORE INSERT OR UPDATE OF parent_id ON unit
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_a_cycle();
"""

# A key over two columns keeps what refers to a unit in the unit's company.
SAME_COMPANY = "".join(
    f"""
ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, company_id) REFERENCES unit (id, company_id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""
    for table, column, name in (
        ("unit", "parent_id", "unit_stays_in_its_company"),
        ("post", "unit_id", "post_is_in_a_unit_of_its_company"),
        ("membership", "unit_id", "member_is_in_a_unit_of_the_company"),
        ("power_grant", "unit_id", "power_is_narrowed_to_a_unit_of_its_company"),
        ("power_mapping", "only_unit_id", "mapped_power_is_narrowed_to_a_unit_of_its_company"),
    )
)

# Two columns of the row are named: who plays a part, and when. Denying is a part nobody asks about here.
TAKES_NO_PART = """
CREATE FUNCTION auditor_takes_no_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  played timestamptz := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
  IF EXISTS (
    SELECT 1 FROM power_grant WHERE person_id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint AND power = 'audit'
      AND revoked_at IS NULL AND confirmed_at <= played AND starts_at <= played AND (ends_at IS NULL OR ends_at > played)
  ) THEN
    RAISE EXCEPTION 'whoever watches has no hand in it'
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'auditor_takes_no_part';
  END IF;
  RETURN NEW;
END $$;
"""

# With whom somebody is tied by standing in for others, over any number of hands, at any time of a span: whoever acts for
# them and whoever they act for, themselves included.
TIED_TO = """
CREATE FUNCTION tied_to(whom bigint, since timestamptz, upto timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  WITH RECURSIVE above AS (
    SELECT whom AS person
    UNION SELECT deputy_for_id FROM post_holding h JOIN above ON h.person_id = above.person
      WHERE deputy_for_id IS NOT NULL AND starts_at <= upto
        AND (ends_at IS NULL OR ends_at > since) AND (revoked_at IS NULL OR revoked_at > since)
  ), below AS (
    SELECT whom AS person
    UNION SELECT h.person_id FROM post_holding h JOIN below ON h.deputy_for_id = below.person
      WHERE starts_at <= upto AND (ends_at IS NULL OR ends_at > since) AND (revoked_at IS NULL OR revoked_at > since)
  )
  SELECT person FROM above UNION SELECT person FROM below
$$;
"""

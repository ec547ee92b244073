"""What applications are found by, and what the database itself keeps of them."""

BIGRAMS = """
CREATE FUNCTION bigrams(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY(SELECT substr(lower(said), first, 2) FROM generate_series(1, length(said) - 1) first);
"""
# Nobody votes twice at a stage: the key says so, under a name that says why.
VOTES = "ALTER TABLE application_vote RENAME CONSTRAINT application_vote_pkey TO one_vote_a_person_a_stage;"
# Without figures on how often each pair of letters stands there, the planner takes every word for a rare one.
FIGURES = "ANALYZE application, application_line;"
# Whoever watches has no hand in an application, not even in taking their own back.
WITHDRAWN = """
CREATE TRIGGER auditor_takes_no_part BEFORE UPDATE OF state ON application
  FOR EACH ROW WHEN (NEW.state = 'withdrawn') EXECUTE FUNCTION auditor_takes_no_part('applicant_id', 'decided_at');
"""

"""Uses that were made before they entered a register, entered in one go: by a migration, and for a seeded group."""

from typing import Final

# Of ``made (line_id, company_id, seal_id, operator_id, at, impressions)``; each book begins with its first number.
ENTER_MADE: Final = """
CREATE TEMPORARY TABLE to_enter ON COMMIT DROP AS
  SELECT made.*, row_number() OVER (PARTITION BY company_id, year ORDER BY at, line_id) AS number FROM (
    SELECT *, extract(year FROM at AT TIME ZONE '{zone}')::smallint AS year,
      extract(month FROM at AT TIME ZONE '{zone}')::smallint AS month
    FROM made
  ) AS made;
INSERT INTO use_book (company_id, year, uses, impressions, months)
  SELECT company_id, year, sum(uses), sum(impressions),
    (SELECT array_agg(coalesce(there.uses, 0) ORDER BY each)
     FROM generate_series(1, 12) AS each LEFT JOIN (
       SELECT unnest(array_agg(counted.month)) AS month, unnest(array_agg(counted.uses)) AS uses
     ) AS there ON there.month = each)
  FROM (
    SELECT company_id, year, month, count(*) AS uses, sum(impressions) AS impressions
    FROM to_enter GROUP BY company_id, year, month
  ) AS counted GROUP BY company_id, year;
INSERT INTO seal_uses (seal_id, year, uses, impressions, last_at)
  SELECT seal_id, year, count(*), sum(impressions), max(at) FROM to_enter GROUP BY seal_id, year;
ALTER TABLE use_entry DISABLE TRIGGER use_has_the_next_number;
INSERT INTO use_entry (line_id, book_id, at, seal_id, operator_id, number, impressions)
  SELECT line_id, book.id, at, seal_id, operator_id, number, to_enter.impressions
  FROM to_enter JOIN use_book AS book USING (company_id, year) ORDER BY book.id, number;
ALTER TABLE use_entry ENABLE TRIGGER use_has_the_next_number;
"""

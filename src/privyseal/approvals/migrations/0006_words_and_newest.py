"""Words found by an index, and the newest of a company and what waits there found in order."""

import django.contrib.postgres.indexes
import privyseal.approvals.searching
from django.conf import settings
from django.db import migrations, models

BIGRAMS = """
CREATE FUNCTION bigrams(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY(SELECT substr(lower(said), first, 2) FROM generate_series(1, length(said) - 1) first);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0005_placements'),
        ('identity', '0010_audit_comments'),
        ('seals', '0011_open_permits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION bigrams(text);"),
        migrations.RemoveIndex(
            model_name='application',
            name='application_by_company',
        ),
        migrations.RemoveIndex(
            model_name='application',
            name='application_waiting',
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['company', 'id'], name='application_by_company'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['company', 'submitted_at'], name='application_waiting'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=django.contrib.postgres.indexes.GinIndex(privyseal.approvals.searching.Bigrams('reason'), fastupdate=False, name='application_by_reason'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=django.contrib.postgres.indexes.GinIndex(privyseal.approvals.searching.Bigrams('document_name'), fastupdate=False, name='line_by_document'),
        ),
        # Without figures on how often each pair of letters stands there, the planner takes every word for a rare one.
        migrations.RunSQL("ANALYZE application, application_line;", migrations.RunSQL.noop),
    ]

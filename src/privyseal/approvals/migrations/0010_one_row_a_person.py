"""One row a person and application says which parts they play; votes are found by whose they are; digests are bytes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import privyseal.identity.models.digests

PARTS = ("applicant", "approver", "operator", "custodian", "witness")
APART = (
    ("approver", "applicant"),
    ("operator", "approver"),
    ("custodian", "approver"),
    ("witness", "approver"),
    ("witness", "applicant"),
    ("witness", "operator"),
    ("custodian", "operator"),
    ("witness", "custodian"),
)
SET_ASIDE = """
CREATE TABLE casting_before AS SELECT * FROM application_casting;
CREATE TABLE vote_before AS SELECT * FROM application_vote;
DROP TABLE application_casting, application_vote;
"""
FLAGS = ", ".join(f"is_{part}" for part in PARTS)
PUT_BACK = f"""
INSERT INTO application_casting (application_id, person_id, {FLAGS})
    SELECT application_id, person_id, {", ".join(f"bool_or(part = '{part}')" for part in PARTS)}
    FROM casting_before GROUP BY application_id, person_id;
INSERT INTO application_vote (application_id, person_id, at, stage, decision, comment, shown_sha256, approved)
    SELECT application_id, person_id, at, stage, decision, comment, decode(shown_sha256, 'hex'), approved FROM vote_before;
DROP TABLE casting_before, vote_before;
ALTER TABLE application_vote RENAME CONSTRAINT application_vote_pkey TO one_vote_a_person_a_stage;
"""
DIGESTS = """
ALTER TABLE application ALTER shown_sha256 TYPE bytea USING decode(shown_sha256, 'hex');
ALTER TABLE application_line ALTER document_sha256 TYPE bytea USING decode(document_sha256, 'hex');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0009_assign"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            SET_ASIDE, state_operations=[migrations.DeleteModel("Casting"), migrations.DeleteModel("Vote")]
        ),
        migrations.CreateModel(
            name="Casting",
            fields=[
                ("pk", models.CompositePrimaryKey("application_id", "person_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("application", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="castings", to="approvals.application")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                *((f"is_{part}", models.BooleanField(default=False)) for part in PARTS),
            ],
            options={
                "db_table": "application_casting",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(*((f"is_{part}", True) for part in PARTS), _connector="OR"), name="casting_has_a_part"),
                    *(
                        models.CheckConstraint(condition=models.Q(*((f"is_{part}", True) for part in sorted((earlier, later))), _negated=True), name=f"{later}_is_not_{earlier}")
                        for later, earlier in APART
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("pk", models.CompositePrimaryKey("application_id", "stage", "person_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("application", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="approvals.application")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
                ("stage", models.PositiveSmallIntegerField()),
                ("decision", models.CharField(max_length=16)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("shown_sha256", privyseal.identity.models.digests.DigestField()),
                ("approved", models.JSONField(default=list)),
            ],
            options={
                "db_table": "application_vote",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("decision__in", ["approve", "reject"])), name="vote_is_yes_or_no"),
                ],
            },
        ),
        migrations.RunSQL(PUT_BACK),
        migrations.RemoveConstraint("line", "seal_is_on_a_document_once"),
        migrations.RunSQL(
            DIGESTS,
            state_operations=[
                migrations.AlterField("application", "shown_sha256", privyseal.identity.models.digests.DigestField()),
                migrations.AlterField("line", "document_sha256", privyseal.identity.models.digests.DigestField(blank=True, default="")),
            ],
        ),
        migrations.AddConstraint("line", models.UniqueConstraint(condition=models.Q(("document_sha256", ""), _negated=True), fields=("application", "seal", "document_sha256"), name="seal_is_on_a_document_once")),
    ]

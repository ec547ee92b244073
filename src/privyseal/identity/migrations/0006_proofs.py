import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from privyseal.identity.names import skeleton

# What a company was verified with before a legal representative's own proof was asked for: nothing of this kind.
NOT_ASKED_FOR = "not asked for when this company was verified"


def fill(apps, _schema_editor):
    company_model, seen = apps.get_model("identity", "Company"), set()
    for company in company_model.objects.order_by("pk"):
        bare = skeleton(company.name)
        # Names that already look alike stay: their keys are kept apart by hand.
        company.skeleton = bare if bare not in seen else f"{bare} {company.uid}"
        seen.add(bare)
        if company.verified_at:
            company.representative_sha256 = NOT_ASKED_FOR
        company.save(update_fields=["skeleton", "representative_sha256"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_entry_codes")]

    operations = [
        migrations.AlterField("company", "licence_sha256", models.CharField(blank=True, max_length=64)),
        migrations.AddField("company", "representative_sha256", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AddField("company", "evidence_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("company", "evidence_at", models.DateTimeField(null=True)),
        migrations.AddField("company", "rejected_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("company", "rejected_at", models.DateTimeField(null=True)),
        migrations.AddField("company", "rejection", models.CharField(blank=True, default="", max_length=500), preserve_default=False),
        migrations.AddField("company", "skeleton", models.CharField(max_length=200, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # The rows just filled hold checks that are due at the end; the table is altered only after them.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("company", "skeleton", models.CharField(max_length=200, unique=True)),
        migrations.AddConstraint(
            "company",
            models.CheckConstraint(
                condition=Q(("verified_by", None)) | Q(("evidence_by", None)) | ~Q(("verified_by", F("evidence_by"))),
                name="verifier_brought_no_evidence",
            ),
        ),
        migrations.AddConstraint(
            "company",
            models.CheckConstraint(
                condition=Q(("verified_at", None)) | (~Q(("licence_sha256", "")) & ~Q(("representative_sha256", ""))),
                name="company_is_verified_with_every_proof",
            ),
        ),
        migrations.AddConstraint(
            "company",
            models.CheckConstraint(
                condition=Q(("rejected_at", None)) | (Q(("verified_at", None)) & ~Q(("rejection", ""))),
                name="company_is_rejected_with_a_reason",
            ),
        ),
    ]

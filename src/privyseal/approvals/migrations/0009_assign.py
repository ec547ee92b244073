"""Another unit for a seal, as something to apply for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_seal_once_a_document")]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="purpose",
            field=models.CharField(
                max_length=16,
                choices=[
                    ("use", "use"),
                    ("make", "make"),
                    ("resume", "resume"),
                    ("unfreeze", "unfreeze"),
                    ("change", "change"),
                    ("assign", "assign"),
                    ("hand-over", "hand-over"),
                    ("cover", "cover"),
                    ("collect", "collect"),
                    ("find", "find"),
                    ("retire", "retire"),
                    ("destroy", "destroy"),
                    ("invalidate", "invalidate"),
                ],
            ),
        ),
    ]

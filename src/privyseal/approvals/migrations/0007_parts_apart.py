"""Two indexes keep apart what eight did: no row has to be written into every one of them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0006_words_and_newest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='casting',
            name='approver_is_not_applicant',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='approver_is_not_operator',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='approver_is_not_custodian',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='approver_is_not_witness',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='witness_is_not_applicant',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='witness_is_not_operator',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='witness_is_not_custodian',
        ),
        migrations.RemoveConstraint(
            model_name='casting',
            name='custodian_is_not_operator',
        ),
        migrations.AddConstraint(
            model_name='casting',
            constraint=models.UniqueConstraint(condition=models.Q(('part__in', ['applicant', 'approver', 'witness'])), fields=('application', 'person'), name='approver_witness_is_not_applicant'),
        ),
        migrations.AddConstraint(
            model_name='casting',
            constraint=models.UniqueConstraint(condition=models.Q(('part__in', ['approver', 'custodian', 'operator', 'witness'])), fields=('application', 'person'), name='approver_witness_custodian_is_not_operator'),
        ),
    ]

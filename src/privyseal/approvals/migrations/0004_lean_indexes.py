"""One index a question: what a constraint finds already needs no second one, nor a key that nobody searches by its beginning."""

import django.db.models.deletion
import privyseal.identity.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0003_unfreeze'),
        ('identity', '0006_proofs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='application',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.company'),
        ),
        migrations.AlterField(
            model_name='application',
            name='uid',
            field=models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name='casting',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='castings', to='approvals.application'),
        ),
        migrations.AlterField(
            model_name='line',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='approvals.application'),
        ),
        migrations.AlterField(
            model_name='vote',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='approvals.application'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['submitted_at'], name='application_waiting'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('uid',), name='application_has_its_uid'),
        ),
    ]

"""What kept lists look for, in words that are found when somebody is erased: an address hides every Chinese one."""

from urllib.parse import parse_qsl

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from privyseal.identity.asked import written


def rewrite(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    lists = apps.get_model("identity", "KeptList")
    for kept in lists.objects.order_by("pk").iterator():
        lists.objects.filter(pk=kept.pk).update(asked=written(parse_qsl(kept.asked, keep_blank_values=True)))


class Migration(migrations.Migration):
    dependencies = [("identity", "0345_people_by_name")]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop, elidable=True)]

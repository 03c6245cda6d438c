"""Which migrations can be made while processes with the code from before go on."""

import pytest
from django.core.management import CommandError, call_command
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder

from config.management.commands.check_upgrade import is_additive


@pytest.mark.parametrize(
    "operation",
    [
        migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("record", "new", models.TextField(null=True)),
        migrations.AddField("record", "new", models.TextField(db_default="")),
        migrations.AddField("record", "new", models.ManyToManyField("books.Record")),
        migrations.AddIndex("record", models.Index(fields=["kind"], name="new")),
        migrations.RemoveIndex("record", "old"),
        migrations.AlterModelOptions("record", {}),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Old")]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_only_adds_is_additive(operation):
    assert is_additive(operation)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("record", "new", models.TextField(default="")),
        migrations.AlterField("record", "kind", models.CharField(max_length=9)),
        migrations.RemoveField("record", "kind"),
        migrations.RenameField("record", "kind", "sort"),
        migrations.DeleteModel("record"),
        migrations.RenameModel("record", "entry"),
        migrations.AddConstraint("record", models.UniqueConstraint(fields=["kind"], name="new")),
        migrations.RunSQL("SELECT 1"),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState([migrations.DeleteModel("Old")]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_old_code_may_stumble_over_is_not(operation):
    assert not is_additive(operation)


@pytest.mark.django_db
def test_nothing_is_migrated_beside_processes_that_could_stumble_over_it():
    MigrationRecorder.Migration.objects.filter(app="auth", name__startswith="0012").delete()
    with pytest.raises(CommandError):
        call_command("prepare", while_serving=True)
    assert not MigrationRecorder.Migration.objects.filter(app="auth", name__startswith="0012").exists()


@pytest.mark.django_db
def test_a_pending_migration_that_changes_something_is_named(capsys):
    call_command("check_upgrade")
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    call_command("check_upgrade")
    MigrationRecorder.Migration.objects.filter(app="auth", name__startswith="0012").delete()
    with pytest.raises(CommandError) as refused:
        call_command("check_upgrade")
    assert capsys.readouterr().out.splitlines() == [
        "No migration is pending: make reload is enough.",
        "The pending migrations (1) only add: make reload is enough.",
    ]
    assert str(refused.value) == (
        "Stop Ledgerdesk for this upgrade, as it changes what the database has:"
        " auth.0012_alter_user_first_name_max_length: Alter field first_name on user."
    )

"""Starts a bulk change from a file that was exported to edit, as its page does, for those who script it."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q

from books.pages.record_lists import LISTS
from books.providers.errors import NotMirrored
from edits.batches.confirm import TakenItems, confirm
from edits.batches.forms import StartForm
from edits.imports.reading import FileReading, plan_file, read_file
from edits.models.batch import WORTH_RUNNING, Batch, Finding
from record_forms.workbooks.cells import UnreadableFile
from records.formatting import format_count
from tenants.access import Member, find_member
from tenants.models import Tenant

NOT_TAKEN, NOT_AGREED, IN_PART = 1, 2, 3
MOST_BYTES = 64 * 2**20
CODES = "Exit code 0: done; 1: the file cannot be taken; 2: not agreed to, nothing is sent; 3: without some rows."


class Command(BaseCommand):
    help = f"Change the records of a company by a file that was exported to edit and changed. {CODES}"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("kind", help="customers or bills")
        parser.add_argument("file", type=Path, help="the .xlsx or .csv file")
        parser.add_argument("--person", required=True, metavar="NAME", help="username or email of who changes them")
        parser.add_argument(
            "--agree",
            action="append",
            default=[],
            metavar="NAME",
            help="agree to checks, by the name printed with them",
        )
        parser.add_argument("--reason", default="", help="a note for the history")
        parser.add_argument(
            "--runs-from", default="", metavar="20:00", help="run only from this time of the company on"
        )
        parser.add_argument("--runs-until", default="", metavar="06:00", help="and until this one")
        parser.add_argument("--plan-only", action="store_true", help="store what would change, and start nothing")

    def handle(self, *args: Any, slug: str, kind: str, file: Path, **options: Any) -> None:
        form = StartForm({name: options[name] for name in ("reason", "runs_from", "runs_until")})
        if not form.is_valid():
            raise CommandError(next(iter(form.errors.values()))[0])
        member = _find_member(slug, options["person"])
        reading = _read(member, kind, file)
        for note in reading.notes:
            self.stdout.write(f"Note: {note}")
        if not reading.proposals:
            self.stdout.write(f"Nothing to change: {format_count(reading.unchanged, 'record')} unchanged.")
            self._end(is_whole=not reading.left_out)
            return
        batch = plan_file(member, kind, reading)
        has_problems = self._print_plan(batch, reading)
        if not batch.items.filter(finding__in=WORTH_RUNNING).exists():
            self.stdout.write("Nothing to change, so nothing is started.")
        elif not options["plan_only"]:
            self._start(batch, member, options["agree"], form)
        self._end(is_whole=not (has_problems or reading.left_out))

    def _end(self, *, is_whole: bool) -> None:
        if not is_whole:
            raise SystemExit(IN_PART)

    def _print_plan(self, batch: Batch, reading: FileReading) -> bool:
        """Print how many records would change, and why others cannot; return whether there are such."""
        found = dict(batch.items.values_list("finding").annotate(Count("pk")).order_by())
        unchanged = reading.unchanged + found.get(Finding.UNCHANGED, 0)
        self.stdout.write(
            f"{found.get(Finding.CHANGES, 0):,} to change, {found.get(Finding.CLASH, 0):,} changed by somebody else "
            f"since, {unchanged:,} unchanged, {found.get(Finding.CANNOT, 0):,} cannot be changed: "
            f"{batch.get_absolute_url()}"
        )
        kept_back = batch.items.filter(finding__in=(Finding.CANNOT, Finding.CLASH))
        for item in kept_back:
            self.stderr.write(f"{item.place}, {item.record_name}: {item.problem}")
        return bool(kept_back)

    def _start(self, batch: Batch, member: Member, agreed: list[str], form: StartForm) -> None:
        if asked := confirm(batch, member.person.pk, TakenItems(), agreed=agreed, reason=form.text, hours=form.hours):
            for one in asked:
                self.stderr.write(f"Agree with --agree {one.box} to this in {format_count(one.count, 'record')}:")
                self.stderr.writelines(f"  {' '.join(said)}" for said in one.sentences)
                self.stderr.write(f"  {one.next_step}")
            raise CommandError("Nothing is sent before these checks are agreed to.", returncode=NOT_AGREED)
        self.stdout.write("Started.")


def _find_member(slug: str, name: str) -> Member:
    tenant = Tenant.objects.in_use().filter(slug=slug).first()
    if tenant is None:
        raise CommandError(f"There is no company {slug!r}.")
    named = list(User.objects.filter(Q(username=name) | Q(email__iexact=name)))
    people = [one for one in named if one.username == name] or named
    if len(people) > 1:
        raise CommandError(f"{len(people)} people have the email {name}. Give the username.")
    member = find_member(tenant, people[0] if people else None)
    if member is None or not member.may_edit:
        raise CommandError(f"{name} cannot change {tenant}.")
    return member


def _read(member: Member, kind: str, file: Path) -> FileReading:
    if kind not in LISTS:
        raise CommandError(f"There is no list of {kind}. Use {' or '.join(sorted(LISTS))}.")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"The file is larger than {MOST_BYTES // 2**20} MB.")
        return read_file(member, kind, file.name, file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except (UnreadableFile, NotMirrored) as error:
        raise CommandError(str(error), returncode=NOT_TAKEN) from None

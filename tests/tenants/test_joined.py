"""What is fetched beside other rows in one statement is what Django fetches by itself."""

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from books.mirror import freshness
from books.mirror.order import select_columns
from books.models import Record, SyncRun, SyncStatus
from tenants.access import find_person, get_settings, list_memberships
from tenants.joined import compose, fetch_composed, fill_gaps, make_gap
from tenants.models import Membership, PersonSettings, Tenant


def facts(row: object) -> dict[str, object]:
    kept = ("memberships_kept", "settings_kept")
    return {name: value for name, value in vars(row).items() if name[0] != "_" and name not in kept}


def test_a_person_comes_with_their_companies_and_settings(bob: User, larch: Tenant, django_assert_num_queries) -> None:
    Membership.objects.filter(person=bob, tenant=larch).update(hidden_columns=["memo"])
    own = list(Membership.objects.filter(person=bob).select_related("tenant").order_by("pk"))
    chosen = PersonSettings.objects.create(person=bob, theme="dark", time_zone="Asia/Tokyo")
    with django_assert_num_queries(1):
        person = find_person(bob.pk)
        assert person is not None
        assert facts(get_settings(person)) == facts(chosen)
        kept = sorted(list_memberships(person), key=lambda one: one.pk)
    assert facts(person) == facts(User.objects.get(pk=bob.pk))
    assert [(facts(one), facts(one.tenant)) for one in kept] == [(facts(one), facts(one.tenant)) for one in own]


def test_somebody_without_a_company_is_known_too(dave: User, client) -> None:
    client.force_login(dave)
    assert (find_person(dave.pk), client.get("/companies/", follow=True).context["user"]) == (None, dave)


def test_who_is_turned_off_is_signed_out(bob: User, as_bob) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert as_bob.get("/t/larch/customers/").status_code == 302


def test_a_session_that_has_expired_is_over(bob: User, as_bob) -> None:
    assert as_bob.get("/t/larch/customers/").status_code == 200
    Session.objects.update(expire_date=timezone.now())
    assert as_bob.get("/t/larch/customers/").status_code == 302


def test_a_list_and_its_company_come_with_their_moments(larch: Tenant, django_assert_num_queries) -> None:
    moment = timezone.now()
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=moment)
    SyncStatus.objects.filter(tenant=larch).delete()
    status = SyncStatus.objects.create(tenant=larch, answered_at=moment, edition="e1")
    with django_assert_num_queries(1):
        found = freshness.get_freshness(larch, "customers")
    assert (found.as_of, found.edition, facts(larch.watch)) == (moment, "e1", facts(status))


def test_a_list_of_a_company_that_nobody_looked_at_yet_has_no_edition(larch: Tenant) -> None:
    SyncStatus.objects.filter(tenant=larch).delete()
    SyncRun.objects.create(tenant=larch, kind="customers")
    assert freshness.get_freshness(larch, "customers").edition == ""


def test_named_columns_are_the_rows_that_django_makes(larch: Tenant) -> None:
    moment = timezone.now()
    for name, balance in (("A", "1.005"), ("B", "-0.1"), ("C", None)):
        values = {"balance": balance, "changed_at": balance and moment, "extra": {"note": name}}
        Record.objects.create(tenant=larch, kind="customers", remote_id=name, read_at=moment, **values)
    names = ["note", "full_name", "balance", "changed_at", "is_active"]
    rows = select_columns(Record.objects.order_by("pk"), names)
    found = fetch_composed(compose(rows, names))
    assert (found, [row._fields for row in found]) == (list(rows), [row._fields for row in rows])


def test_a_query_that_can_find_nothing_finds_nothing(larch: Tenant, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert fetch_composed(compose(select_columns(Record.objects.none(), ["name"]), ["name"])) == []


def test_an_answer_without_rows_is_empty(larch: Tenant) -> None:
    names = ["name", "balance"]
    rows = select_columns(Record.objects.filter(tenant=larch, kind="nothing"), names)
    assert fetch_composed(compose(rows, names)) == []


def test_the_gaps_of_a_statement_are_filled_with_their_own_values(larch: Tenant) -> None:
    found = Tenant.objects.filter(make_gap("which"), provider=larch.provider).order_by(make_gap("rank"), "pk")[:1]
    statement = compose(found.values_list("slug", named=True), ["slug"])
    for one in ("larch", "abc", "larch"):
        slugs = "slug IN (%s, %s)", ["abc", "larch"]
        filled = fill_gaps(statement, which=slugs, rank=("slug <> %s", [one]))
        assert [row.slug for row in fetch_composed(filled)] == [one]

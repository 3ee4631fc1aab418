"""What is deleted or erased while an import runs stays so, and the import goes on with the rest."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from contacts import consent
from contacts.erasing import beginning
from contacts.erasing import working as erasing
from contacts.importing.running import jobs, merging, working
from contacts.models import Contact, Erasure, ImportJob, MailingList, Subscription
from tests.contacts.conftest import Upload
from tests.running import until

Browser = Callable[[User], Client]
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
FOUR = "Email\n" + "".join(f"p{n}@example.com\n" for n in range(4))


def naming(lists: str) -> str:
    """As an export names them in each row."""
    rows = "".join(f'p{n}@example.com,"{lists}",,,\n' for n in range(4))
    return f"Email,Lists,Unsubscribed from,Suppressed,Added\n{rows}"


def between_slices(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """`happens` once, when the first two rows are in place."""
    monkeypatch.setattr(working, "SLICE", 2)
    put, was = working._merge_slice, list[int]()

    def and_then(job: ImportJob, *given: Any) -> None:
        put(job, *given)
        if not was:
            was.append(job.pk)
            happens()

    monkeypatch.setattr(working, "_merge_slice", and_then)


def within_a_slice(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """`happens` once, while the first slice is written: that sees everybody as they were, and waits for the end."""
    put, was = merging.merge, list[int]()

    def elsewhere(has_happened: threading.Event) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                happens()
                has_happened.set()
                until(lambda: cursor.execute(WAITS) or cursor.fetchone()[0])
        finally:
            has_happened.set()
            connection.close()

    def beside_it(job: ImportJob, *given: Any) -> dict[str, int]:
        if was:
            return put(job, *given)
        was.append(job.pk)
        has_happened = threading.Event()
        other = threading.Thread(target=elsewhere, args=[has_happened])
        other.start()
        has_happened.wait()
        try:
            return put(job, *given)
        finally:
            other.join()

    monkeypatch.setattr(merging, "merge", beside_it)


def finish(job: ImportJob) -> ImportJob:
    jobs.start(job)
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("done", "")
    return job


def on(list_: MailingList) -> list[str]:
    return sorted(Subscription.objects.filter(list=list_).values_list("contact__email", flat=True))


@pytest.mark.django_db
def test_a_list_deleted_meanwhile_is_left_out_and_the_report_says_so(
    check: Upload, news: MailingList, marketer: User, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = MailingList.objects.create(name="Others")
    job = check(FOUR, lists=(news.pk, others.pk))
    between_slices(monkeypatch, lambda: consent.delete_list(news))
    finish(job)
    assert on(others) == [f"p{n}@example.com" for n in range(4)]
    assert job.counts["done"]["joined"] == 2 + 4
    page = client_for(marketer).get(job.get_absolute_url()).content.decode()
    assert "“News” is gone. Whoever came after that was put on the other lists alone." in page


@pytest.mark.django_db
def test_a_list_that_rows_name_stays_deleted_too(check: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    job = check(naming("North, South"))
    between_slices(monkeypatch, lambda: consent.delete_list(MailingList.objects.get(name="North")))
    finish(job)
    assert list(MailingList.objects.values_list("name", flat=True)) == ["South"]
    assert len(on(MailingList.objects.get())) == 4
    assert job.counts["lists_gone"] == ["North"]


@pytest.mark.django_db
def test_taken_up_again_an_import_makes_no_deleted_list_anew(check: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    job = check(naming("North"))

    def deleted_and_killed() -> None:
        consent.delete_list(MailingList.objects.get())
        raise KeyboardInterrupt

    between_slices(monkeypatch, deleted_and_killed)
    jobs.start(job)
    with pytest.raises(KeyboardInterrupt):
        working.work(job.pk)
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts["lists_gone"]) == ("done", ["North"])
    assert not MailingList.objects.exists()
    assert Contact.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_while_a_slice_is_written_does_not_fail_it(
    check: Upload, news: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Contact.objects.create(email="p1@example.com")
    job = check(FOUR, lists=(news.pk,))
    within_a_slice(monkeypatch, lambda: consent.erase_all([known.pk]))
    finish(job)
    assert on(news) == [f"p{n}@example.com" for n in range(4)], "the file has them, nobody asked to be erased"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", [between_slices, within_a_slice])
def test_who_is_erased_meanwhile_is_gone_and_the_rest_is_there(
    when: Callable[..., None],
    check: Upload,
    news: MailingList,
    owner: User,
    client_for: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Contact.objects.create(email="p3@example.com")
    job = check(FOUR, lists=(news.pk,))

    def erase() -> None:
        beginning.begin("p3@example.com", by=owner, request=owner, reason="They asked")

    when(monkeypatch, erase)
    jobs.start(job)
    working.work(job.pk)
    erasing.work(Erasure.objects.get().pk)
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("done", "")
    assert on(news) == [f"p{n}@example.com" for n in range(3)]
    assert Contact.objects.count() == 3


@pytest.mark.django_db
def test_an_erased_row_is_a_number_of_its_own_in_the_sum(
    check: Upload, news: MailingList, owner: User, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = check(FOUR, lists=(news.pk,))

    def erase() -> None:
        erasing.work(beginning.begin("p3@example.com", by=owner, request=owner, reason="They asked").pk)

    between_slices(monkeypatch, erase)
    finish(job)
    assert not Contact.objects.filter(email="p3@example.com").exists()
    page = " ".join(client_for(owner).get(job.get_absolute_url()).content.decode().split())
    assert "4 = 3 + 0 + 0 + 0 + 0 + 1" in page
    assert "Erased while it ran" in page


@pytest.mark.django_db
def test_nobody_is_left_out_where_rows_are_staged_again_after_an_erasure(
    check: Upload, news: MailingList, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those behind the erased row have other numbers by then."""
    job = check(FOUR, lists=(news.pk,))

    def erased_and_crashed() -> None:
        erasing.work(beginning.begin("p0@example.com", by=owner, request=owner, reason="They asked").pk)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE contacts_import_{job.pk}")
        raise KeyboardInterrupt

    between_slices(monkeypatch, erased_and_crashed)
    jobs.start(job)
    with pytest.raises(KeyboardInterrupt):
        working.work(job.pk)
    working.work(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert on(news) == [f"p{n}@example.com" for n in range(1, 4)]

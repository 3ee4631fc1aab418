"""What a foreign key promises of contacts and lists of subscriptions, where triggers look them up once a statement."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from contacts.models import Contact, MailingList, Subscription
from tests.running import until

GONE = 2**40


@pytest.fixture
def ada(db: None) -> Contact:
    return Contact.objects.create(email="ada@example.com")


@pytest.mark.parametrize("column", ["contact_id", "list_id"])
def test_nobody_is_on_a_list_or_is_somebody_that_does_not_exist(ada: Contact, news: MailingList, column: str) -> None:
    ids = {"contact_id": ada.pk, "list_id": news.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.bulk_create([Subscription(**ids), Subscription(**ids | {column: GONE})])
    subscription = Subscription.objects.create(**ids)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(**{column: GONE})


@pytest.mark.parametrize("table", ["contacts_contact", "contacts_mailinglist"])
def test_who_has_subscriptions_is_not_deleted_without_them(ada: Contact, news: MailingList, table: str) -> None:
    Subscription.objects.create(contact=ada, list=news)
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_all_of(table)
    with transaction.atomic():
        delete_all_of(table, "contacts_subscription")  # whichever comes first


def delete_all_of(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as the end of the transaction does


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_deleted_meanwhile_waits_for_who_joins_it() -> None:
    ada, news = Contact.objects.create(email="ada@example.com"), MailingList.objects.create(name="News")
    joined, refused = threading.Event(), []

    def delete() -> None:
        try:
            joined.wait()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM contacts_mailinglist WHERE id = %s", [news.pk])
        except IntegrityError as problem:
            refused.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=delete)
    other.start()
    with transaction.atomic():
        Subscription.objects.create(contact=ada, list=news)
        joined.set()
    other.join()
    assert refused
    assert Subscription.objects.filter(list__name="News").exists()


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.django_db(transaction=True)
def test_who_is_changed_while_they_join_is_on_the_list_and_who_is_deleted_is_not(is_deleted: bool) -> None:
    """As by an import, while others open, click and leave."""
    people = [Contact.objects.create(email=f"{name}@example.com") for name in ("ada", "bea", "eva")]
    news, refused = MailingList.objects.create(name="News"), []

    def join() -> None:
        try:
            Subscription.objects.bulk_create([Subscription(contact=one, list=news) for one in people])
        except IntegrityError as problem:
            refused.append(problem)
        finally:
            connection.close()

    def is_waited_for() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
            )
            return bool(cursor.fetchone() == (True,))

    other = threading.Thread(target=join)
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=people[0].pk)
        other.start()
        until(is_waited_for)
        Contact.objects.filter(pk__in=[one.pk for one in people[:2]]).update(first_name="Changed")
        if is_deleted:
            Contact.objects.filter(pk=people[2].pk).delete()
    other.join()
    assert bool(refused) == is_deleted
    assert Subscription.objects.count() == (0 if is_deleted else 3)

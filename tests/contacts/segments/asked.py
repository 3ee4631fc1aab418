"""Conditions and rules asked of people in the database: names of those who fit."""

from typing import Any

from django.db import connection

from contacts.models import Contact
from contacts.segments import asking, compiling
from contacts.segments.predicate import EVERYBODY, Sql
from contacts.segments.rules import Group, Match, Rule


def person(name: str, **more: Any) -> Contact:
    return Contact.objects.create(email=f"{name}@Example.com", **more)


def who(condition: str, **values: str) -> set[str]:
    """Names of those who fit one row."""
    return inside(Group(Match.ALL, (Rule(condition, values),)))


def inside(group: Group) -> set[str]:
    """The rules that are said to hold everybody else must do so, whatever is asked."""
    found = fitting(compiling.predicate(group, asking.known()))
    others = compiling.opposite(group)
    if others:
        assert fitting(compiling.where(others, asking.known())) == fitting(EVERYBODY) - found
    return found


def fitting(found: Sql) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.email FROM contacts_contact c WHERE {found.text}", list(found.parameters))  # noqa: S608
        return {email.partition("@")[0] for (email,) in cursor.fetchall()}

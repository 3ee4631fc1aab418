"""From a page below the menu a link leads up."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from contacts.models import Contact


def test_a_page_below_the_menu_names_the_one_above_it_and_one_of_the_menu_none(
    client_for: Callable[[User], Client], owner: User
) -> None:
    ada, browser = Contact.objects.create(email="ada@example.com"), client_for(owner)
    assert 'class="crumbs"' not in browser.get("/contacts/").content.decode()
    page = browser.get(f"/contacts/{ada.pk}/edit/").content.decode()
    crumbs = page.partition('class="crumbs"')[2].partition("</nav>")[0]
    assert crumbs.index('href="/contacts/"') < crumbs.index(f'href="/contacts/{ada.pk}/"')

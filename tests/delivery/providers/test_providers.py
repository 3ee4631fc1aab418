import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from delivery.models import Batch, Provider
from delivery.providers import removal


def relay(name: str = "Relay", **fields: object) -> Provider:
    return Provider.objects.create(name=name, host="smtp.example.org", username="post", **fields)


def batch(provider: Provider, state: str) -> Batch:
    return Batch.objects.create(provider=provider, state=state, rehearsal=False, content_kind="edition", content_id=1)


@pytest.mark.django_db
def test_a_new_installation_sends_into_the_sandbox_and_nowhere_else() -> None:
    (provider,) = Provider.objects.for_campaigns()
    assert provider.is_rehearsal
    assert provider.is_default


@pytest.mark.django_db
def test_the_sandbox_follows_the_port_of_the_settings(settings: Settings) -> None:
    settings.SANDBOX_PORT = 34567
    assert Provider.objects.sandbox().port == 34567
    assert Provider.objects.filter(kind="sandbox").count() == 1


@pytest.mark.django_db
def test_making_one_the_default_ends_the_other() -> None:
    provider = relay()
    provider.make_default()
    assert [found.name for found in Provider.objects.filter(is_default=True)] == ["Relay"]
    assert Provider.objects.for_campaigns().first() == provider


@pytest.mark.django_db
def test_two_defaults_are_impossible() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        relay(is_default=True)


@pytest.mark.django_db
def test_a_pause_says_why_and_a_resume_forgets_it() -> None:
    provider = relay()
    provider.pause("smtp.x refused the password (535).", "535 5.7.8 no\r\n\x00way")
    provider.refresh_from_db()
    assert provider.is_paused
    assert provider.state_detail == "535 5.7.8 no   way"
    provider.resume()
    provider.refresh_from_db()
    assert (provider.is_paused, provider.state_reason, provider.state_detail) == (False, "", "")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["building", "held", "sending", "paused"])
def test_a_provider_with_mail_under_way_cannot_be_removed(state: str) -> None:
    provider = relay()
    batch(provider, state)
    with pytest.raises(removal.ProviderInUse):
        removal.remove(provider)
    assert Provider.objects.kept().filter(pk=provider.pk).exists()


@pytest.mark.django_db
def test_an_unused_provider_is_gone_when_removed() -> None:
    provider = relay()
    removal.remove(provider)
    assert not Provider.objects.filter(name="Relay").exists()


@pytest.mark.django_db
def test_a_removed_provider_keeps_its_name_for_reports_and_loses_its_password() -> None:
    provider = relay()
    provider.password = "secret"
    provider.save()
    done = batch(provider, "done")
    removal.remove(provider)
    done.refresh_from_db()
    assert done.provider is not None
    assert str(done.provider) == "Relay"
    assert done.provider.password == ""
    assert done.provider not in Provider.objects.for_campaigns()
    assert relay("Relay").pk != provider.pk  # the name is free again


@pytest.mark.django_db
def test_removing_the_default_falls_back_to_the_sandbox() -> None:
    provider = relay()
    provider.make_default()
    removal.remove(provider)
    assert Provider.objects.default().is_rehearsal
    assert Provider.objects.default().is_default


@pytest.mark.django_db
def test_the_day_a_password_was_set_is_remembered() -> None:
    provider = relay()
    before = timezone.now()
    provider.password = "secret"
    assert provider.password_set_at is not None
    assert before <= provider.password_set_at <= timezone.now()
    provider.password = ""
    assert provider.password_set_at is None

"""The legal basis of a list, and the words that people agreed to."""

from django.conf import settings
from django.db import models


class Basis(models.TextChoices):
    CONSENT = "consent", "They agreed"
    SOFT_OPT_IN = "soft_opt_in", "Existing customers (soft opt-in)"
    IMPLIED = "implied", "Implied consent, for a time"
    INTEREST = "interest", "Legitimate interest"
    CONTRACT = "contract", "Part of a contract"


_SHORT = {
    Basis.CONSENT: "consent",
    Basis.SOFT_OPT_IN: "soft opt-in",
    Basis.IMPLIED: "implied consent",
    Basis.INTEREST: "legitimate interest",
    Basis.CONTRACT: "contract",
}


class ListBasis(models.Model):
    """Why people on a list may be written to. A list without a row has not said so yet."""

    list = models.OneToOneField("contacts.MailingList", models.CASCADE, primary_key=True, related_name="basis")
    basis = models.CharField(max_length=11, choices=Basis.choices)
    note = models.CharField(max_length=500, blank=True, help_text="What shows that it is so.")
    # Empty: it holds until somebody withdraws. See contacts.grounds.expiring.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    counted_from = models.ForeignKey(
        "contacts.Field",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: since they joined.",
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    def __str__(self) -> str:
        return f"{self.list_id}: {self.basis}"

    @property
    def short(self) -> str:
        return _SHORT[Basis(self.basis)]

    @property
    def words(self) -> str:
        """“Implied consent, for a time: 6 months”."""
        return f"{Basis(self.basis).label}{f': {self.span}' if self.span else ''}"

    @property
    def span(self) -> str:
        """“2 years”, “6 months”; "" without an end."""
        if not self.months:
            return ""
        years, rest = divmod(self.months, 12)
        if rest:
            return f"{self.months} month{'s' if self.months > 1 else ''}"
        return f"{years} year{'s' if years > 1 else ''}"


class Wording(models.Model):
    """What a page or a form said when somebody agreed there: a new version whenever the words change, never changed."""

    place = models.CharField(max_length=60, help_text="Where it stands: form/12, page/topics, page/counting.")
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "language", "version"], name="one_wording_a_version"),
            models.UniqueConstraint(fields=["place", "language", "digest"], name="one_version_a_wording"),
        ]

    def __str__(self) -> str:
        return f"{self.place} ({self.language}), version {self.version}"

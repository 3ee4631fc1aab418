"""What mailbox providers report of a domain's mail, and what is known of the sources that they name."""

from django.db import models

from delivery.domains.models import SendingDomain


class DmarcReport(models.Model):
    """One that was counted. By its reporter's own number and proven sender, so that the same sent twice counts once."""

    reporter = models.CharField(max_length=100, help_text="As it calls itself: anybody can write anything.")
    sent_by = models.CharField(
        max_length=253,
        blank=True,
        db_default="",
        help_text="The domain that signed its mail; empty: not proven.",
    )
    number = models.CharField(max_length=200)
    domain_name = models.CharField(max_length=253, help_text="Whose DMARC record was applied.")
    policy = models.CharField(max_length=10, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    mails = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["domain_name", "reporter", "number", "begins_at", "sent_by"], name="one_dmarc_report_a_number"
            )
        ]
        indexes = [models.Index(fields=["taken_at"], name="dmarc_report_taken")]

    def __str__(self) -> str:
        return f"{self.reporter} on {self.domain_name}"


class DmarcCount(models.Model):
    """Mails of one source and day that one reporter saw fare alike."""

    report = models.ForeignKey(DmarcReport, models.CASCADE, related_name="counts")
    domain = models.ForeignKey(SendingDomain, models.CASCADE, db_index=False, related_name="dmarc_counts")
    day = models.DateField(help_text="UTC: the middle of what the report covers.")
    ip = models.GenericIPAddressField()
    from_domain = models.CharField(max_length=253, blank=True)
    disposition = models.CharField(max_length=10, blank=True, help_text="What the receiver did.")
    reason = models.CharField(max_length=30, blank=True, help_text="Why it did other than the policy asks.")
    spf = models.BooleanField(help_text="Passed, for a name that is the From domain's.")
    dkim = models.BooleanField(help_text="Likewise.")
    spf_domain = models.CharField(max_length=253, blank=True)
    spf_result = models.CharField(max_length=20, blank=True)
    dkim_domain = models.CharField(max_length=253, blank=True)
    dkim_selector = models.CharField(max_length=63, blank=True)
    dkim_result = models.CharField(max_length=20, blank=True)
    mails = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["domain", "day"], name="dmarc_count_of_domain"),
            models.Index(fields=["ip", "day"], name="dmarc_count_of_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.ip}: {self.mails}"


class SourceName(models.Model):
    """Whose network an address is in, by its reverse DNS; empty: that does not say, or does not lead back."""

    ip = models.GenericIPAddressField(primary_key=True)
    name = models.CharField(max_length=253, blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.ip


class DmarcSource(models.Model):
    """What an admin said of a source of a domain, and since when it fails."""

    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="dmarc_sources")
    name = models.CharField(max_length=253, help_text="Of its network, or its address.")
    is_ours = models.BooleanField(null=True, help_text="Empty: nobody has said.")
    failing_since = models.DateTimeField(null=True, help_text="It passed before.")
    failing_words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "name"], name="one_dmarc_source_a_name")]
        indexes = [
            models.Index(
                fields=["failing_since"], condition=models.Q(failing_since__isnull=False), name="dmarc_source_failing"
            )
        ]

    def __str__(self) -> str:
        return self.name

"""Who was mailed and clicked in which month, and the sums of that by month of sign-up."""

from django.db import models

from contacts.models import Contact


class MailedMonth(models.Model):
    """One person in one month in which real mail to them was accepted. What makes a person count once a month."""

    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False)
    month = models.DateField(help_text="Its first day; of the mail, also where the click came later.")
    joined = models.DateField(help_text="The month in which the contact came in.")
    clicked = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "month"], name="one_month_per_contact")]

    def __str__(self) -> str:
        return f"contact {self.contact_id} {self.month}"


class Cohort(models.Model):
    """Of those who joined in one month: how many were mailed in another, and how many of these clicked."""

    joined = models.DateField()
    month = models.DateField()
    mailed = models.BigIntegerField(default=0)
    clicked = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["joined", "month"], name="one_cohort_per_month")]

    def __str__(self) -> str:
        return f"{self.joined} in {self.month}"


class ClickChange(models.Model):
    """A message whose first click by a person came, or went because a machine made it; noted by a trigger."""

    message_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"message {self.message_id}"

"""What a report says of conversions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, FilteredRelation, Q, Sum

from accounts.wording import money
from tracking.conversions.models import Goal


@dataclass(frozen=True, slots=True)
class Row:
    """One goal, in one currency ("": without any)."""

    goal: str
    times: int  # without those that were taken back
    people: int  # mails by which it was reached at least once
    share: float | None  # of those who clicked
    worth: Decimal
    currency: str
    a_thousand: Decimal | None  # worth by a thousand delivered mails
    refunds: int = 0  # orders of which something or all was taken back
    refunded: Decimal = Decimal(0)

    @property
    def refunded_words(self) -> str:
        """How many, and how much of money: one word to a line's end, so that no dot begins or ends a line."""
        if not self.refunds:
            return ""
        money_back = money(self.refunded, self.currency) if self.currency else ""
        return "\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}".join(filter(None, [f"{self.refunds:,}", money_back]))

    @property
    def worth_words(self) -> str:
        return money(self.worth, self.currency) if self.currency else ""

    @property
    def a_thousand_words(self) -> str:
        return money(self.a_thousand, self.currency) if self.currency and self.a_thousand is not None else ""


_STANDS = Q(found__is_taken_back=False)


def rows(batch_ids: Sequence[int], *, clicked: int, delivered: int) -> list[Row]:
    """By goal; nought for a goal that nobody reached, nothing where there are no goals."""
    summed = (
        Goal.objects.annotate(found=FilteredRelation("conversions", condition=Q(conversions__batch_id__in=batch_ids)))
        .filter(Q(is_paused=False) | Q(found__isnull=False))
        .values_list("name", "found__currency")
        .annotate(
            times=Count("found__id", filter=_STANDS),
            people=Count("found__message_id", filter=_STANDS, distinct=True),
            worth=Sum(F("found__worth") - F("found__refunded")),
            refunds=Count("found__id", filter=Q(found__refunded_at__isnull=False)),
            refunded=Sum("found__refunded"),
        )
        .order_by("name", "found__currency")
    )
    found = [
        Row(
            goal,
            times,
            people,
            people / clicked if people and clicked else None,
            worth or Decimal(0),
            currency or "",
            worth * 1000 / delivered if worth is not None and delivered else None,
            refunds,
            refunded or Decimal(0),
        )
        for goal, currency, times, people, worth, refunds, refunded in summed
    ]
    return sorted(found, key=lambda row: (-row.times, row.goal, row.currency))

import pytest
from django.db import OperationalError, connection, transaction

from accounts.database import deadlocks


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "attempts"), [("40P01", 2), ("40001", 2), ("53200", 1)])
def test_transaction_that_met_another_is_tried_again_and_no_other(state: str, attempts: int) -> None:
    made: list[int] = []

    @transaction.atomic
    def work() -> str:
        made.append(1)
        if len(made) == 1:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
        return "done"

    if attempts == 1:
        with pytest.raises(OperationalError):
            deadlocks.retried(work)
    else:
        assert deadlocks.retried(work) == "done"
    assert len(made) == attempts

"""Message ids: a block for each batch, in partitions of ten million."""

from django.db import connection

PARTITION = 10_000_000


def reserve(n: int) -> int:
    """Take `n` ids in a row and return the first; their partitions exist afterwards, and the one after.

    A block of up to ten million never crosses a partition. Holds a lock to the end of the transaction: keep it short.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_id FROM delivery_idblock FOR UPDATE")
        first = place(int(cursor.fetchone()[0]), n)
        cursor.execute("UPDATE delivery_idblock SET next_id = %s", [first + n])
        last = (first + max(n, 1) - 1) // PARTITION
        cursor.execute(
            "SELECT delivery_message_partition(block) FROM generate_series(%s::bigint, %s::bigint) block",
            [first // PARTITION, last + 1],
        )
    return first


def place(next_id: int, n: int) -> int:
    """Where a block of `n` starts when `next_id` is the first free id."""
    crosses = next_id // PARTITION != (next_id + max(n, 1) - 1) // PARTITION
    if crosses and n <= PARTITION:
        return (next_id // PARTITION + 1) * PARTITION
    return next_id

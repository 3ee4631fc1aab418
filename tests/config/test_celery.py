"""Which queue beat's tasks go to, and what a worker's connection to its queue has to survive."""

from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from config.celery import app

app.loader.import_default_modules()


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=app.conf.beat_schedule)
def test_beat_sends_each_task_to_the_queue_it_names_itself(entry: dict[str, Any]) -> None:
    assert entry["options"]["queue"] == app.tasks[entry["task"]].queue  # type: ignore[attr-defined]


def test_a_worker_that_lost_redis_can_close_what_is_left_of_its_connection() -> None:
    """As Celery does it: a task was fetched and not begun, and the transport has been taken apart before."""
    connection = Connection(app.conf.broker_url, transport_options={"global_keyprefix": "test_celery "})
    channel = connection.default_channel
    queue = Queue("lost", Exchange("lost"), routing_key="lost")(channel)
    queue.declare()
    connection.Producer().publish({"turn": 1}, routing_key="lost", exchange="lost")
    assert queue.get(no_ack=False)
    connection.transport.client = None
    connection.close()

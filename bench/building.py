"""What one message costs: text and HTML of 10 KB, twelve tracked links, three merge values; one process, CPU time."""

import json
import os
import time

import django


def main(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.letters import built, naive, recipients

    compiled = built()
    people = recipients(20_000)
    compiled.build(people[0])
    started = time.process_time()
    octets = sum(len(compiled.build(person)) for person in people)
    cost = (time.process_time() - started) / len(people)
    few = people[:500]
    started = time.process_time()
    for person in few:
        naive(compiled, person)
    naive_cost = (time.process_time() - started) / len(few)
    print(
        json.dumps(
            {
                "measurement": "build",
                "messages": len(people),
                "bytes_each": octets // len(people),
                "microseconds_each": round(cost * 1e6, 1),
                "emailmultialternatives_microseconds_each": round(naive_cost * 1e6, 1),
                "ratio_to_emailmultialternatives": round(naive_cost / cost, 1),
            }
        )
    )

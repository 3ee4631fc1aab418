"""Run turns by hand, without Celery: `python -m delivery.engine PROVIDER_ID [STREAM] [--turns N]`."""

import argparse

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m delivery.engine", description=__doc__)
    parser.add_argument("provider", type=int)
    parser.add_argument("stream", nargs="?", default="marketing")
    parser.add_argument("--turns", type=int, default=1)
    arguments = parser.parse_args()
    django.setup()

    from delivery.engine import process, turn

    for _ in range(arguments.turns):
        turn.run(arguments.provider, arguments.stream)
    process.close()


if __name__ == "__main__":
    main()

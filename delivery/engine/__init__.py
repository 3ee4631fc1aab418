"""What carries messages out: exactly once, through any crash, as fast as the wire.

A `turn` drives chunks of the ledger through the channels of a transport: its part in the event loop is in `loop`, its
part in the ledger's thread in `bookkeeping`. `journal` remembers what was begun, `recovery` finds out what happened
when a worker died, `process` keeps what lives longer than a turn.
"""

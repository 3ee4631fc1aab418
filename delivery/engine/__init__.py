"""What carries messages out: exactly once, through any crash, as fast as the wire.

`turn` drives chunks of the ledger through `smtp` connections, `journal` remembers what was begun, `checkpoint` tells
the ledger, `recovery` finds out what happened when a worker died.
"""

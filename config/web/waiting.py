"""How long the front waits for a stranger, and for how many at once."""

HEAD_SECONDS = 10  # for a whole head, and for the next one on a connection that is kept
BODY_SECONDS = 15  # for a whole body
UPLOAD_SECONDS = 900  # for a body of a view that takes uploads
UPLOAD_IDLE_SECONDS = 15  # between two pieces of it
MOST_CONNECTIONS = 4_000  # of each process

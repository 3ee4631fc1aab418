"""One file a condition about what people got and did."""

from tracking.conditions.clicked import Clicked
from tracking.conditions.opened import Opened
from tracking.conditions.received import Received

EVERY = (Clicked, Opened, Received)

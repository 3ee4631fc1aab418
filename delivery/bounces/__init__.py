"""What a returned mail means: bounces, delays, complaints and automatic replies. Pure; what comes in is hostile."""

from delivery.bounces.finding import Finding, Kind, Trace
from delivery.bounces.reading import read
from delivery.bounces.tracing import trace

__all__ = ["Finding", "Kind", "Trace", "read", "trace"]

"""What is wrong with a provider whose circuit is not closed, and what cures it, in words for people."""

from delivery.policy.circuit_breaker import Cause

BRIEFLY: dict[str, str] = {
    Cause.LOGIN: "refuses the user name or password",
    Cause.QUOTA: "says that its sending limit is used up",
    Cause.REFUSED: "refuses our connections",
    Cause.CONNECTION: "cannot be reached",
    Cause.THROTTLED: "asks us to slow down",
}
SETTLED_BY: dict[str, str] = {
    Cause.LOGIN: "Update the password",
    Cause.THROTTLED: "Set a lower limit",
    Cause.QUOTA: "Set a limit",
}
CURES: dict[str, str] = {
    Cause.LOGIN: "Enter the password again, then test the connection. By itself it is tried once an hour, because "
    "providers lock accounts after many wrong logins.",
    Cause.QUOTA: "Wait until the provider counts anew, or ask it for more. A limit set here keeps it from happening.",
    Cause.REFUSED: "Read what the server said and ask your provider.",
    Cause.CONNECTION: "Test the connection: it says which step fails.",
    Cause.THROTTLED: "Set a lower limit, as your provider allows.",
}

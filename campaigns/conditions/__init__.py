"""One file a condition about campaigns."""

from campaigns.conditions.last_campaigns import OfTheLast
from campaigns.conditions.one_campaign import OfCampaign

EVERY = (OfCampaign, OfTheLast)

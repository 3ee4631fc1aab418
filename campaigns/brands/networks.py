"""Where an organisation is found besides its own pages, in the order a mail shows it."""

from typing import NamedTuple


class Network(NamedTuple):
    key: str
    label: str
    example: str

    def icon(self, disc: str, sign: str) -> str:
        """The file of its sign in these colours (#rrggbb), which campaigns.starters draws."""
        return f"social-{self.key}-{disc[1:]}{sign[1:]}.png"


ALL = (
    Network("website", "Website", "https://example.org"),
    Network("instagram", "Instagram", "https://www.instagram.com/…"),
    Network("facebook", "Facebook", "https://www.facebook.com/…"),
    Network("linkedin", "LinkedIn", "https://www.linkedin.com/company/…"),
    Network("youtube", "YouTube", "https://www.youtube.com/@…"),
    Network("tiktok", "TikTok", "https://www.tiktok.com/@…"),
    Network("x", "X", "https://x.com/…"),
    Network("threads", "Threads", "https://www.threads.net/@…"),
    Network("bluesky", "Bluesky", "https://bsky.app/profile/…"),
    Network("mastodon", "Mastodon", "https://mastodon.social/@…"),
    Network("pinterest", "Pinterest", "https://www.pinterest.com/…"),
    Network("whatsapp", "WhatsApp", "https://wa.me/…"),
)

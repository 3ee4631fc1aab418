"""Why an open or a click counts as a program's, in one word for the database and in a sentence for people."""

HUMAN = ""
HEAD = "head"
APPLE_PROXY = "apple proxy"
PREFETCH = "prefetch"
SCANNER = "scanner"
PREVIEW = "link preview"
CRAWLER = "search engine"
SCRIPT = "script"
SECURITY = "security network"
CLOUD = "cloud network"
TOO_SOON = "too soon"
BURST = "all links at once"
HIDDEN = "hidden link"
CROWD = "many people at once"  # at most 20 characters: Breakdown.value
PROVIDER = "said by provider"

WORDS = {
    HEAD: "only asked whether the link is there",
    APPLE_PROXY: "Apple’s privacy proxy, which loads pictures whether or not anybody reads",
    PREFETCH: "loaded ahead, before anybody looked",
    SCANNER: "a security scanner, by its own name",
    PREVIEW: "a chat program making a preview of a shared link",
    CRAWLER: "a search engine",
    SCRIPT: "a script, by its own name or without any",
    SECURITY: "came from the network of a mail security company",
    CLOUD: "came from rented computers within minutes of delivery, as mail filters do",
    TOO_SOON: "came within seconds of delivery, sooner than a person can",
    BURST: "followed one link after the other faster than a hand can, as mail filters do",
    HIDDEN: "followed the link that no person can see",
    CROWD: "did the same for several people of one company within seconds",
    PROVIDER: "your mail provider says that a program did it",
}


def words(verdict: str) -> str:
    return WORDS.get(verdict, verdict)

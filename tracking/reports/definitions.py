"""What each number of a report means, in words that stand beside it."""

from tracking.reports import machines

DEFINITIONS = {
    "delivered": "Accepted by the receiving servers, minus what bounced later. It does not say “in the inbox”.",
    "clicked": "People who followed at least one link, out of those delivered. The unsubscribe link does not count, and"
    " neither do machines that follow every link to check it.",
    "opened": "People whose mail program loaded the pictures, out of those delivered. An estimate: some programs never"
    " load pictures, and others load them unasked. Apple’s are counted as machines.",
    "unsubscribed": "People who left by the link in the mail or by the button of their mail program, out of those"
    " delivered.",
    "complained": "People who marked the mail as spam, out of those delivered, as far as mailbox providers tell us;"
    " Gmail names nobody. Providers expect less than 0.1 % and may block you from 0.3 % on.",
    "click-to-open": "People who clicked, out of those counted as having opened: how the words worked on those who saw"
    " them. Where machines open much of the mail, it says little: then it is marked.",
    "bounced": "Accepted at first and returned later, for good or for now, out of those accepted.",
    "total": "Every time it happened, however often by the same person.",
    "machine": "Fetched by a program: Apple’s privacy proxy, link scanners, scripts. Kept, and never mixed into the"
    " figures of people.",
    "machines": machines.DEFINITION,
    "measured": "People who refused to be counted get a mail that does not count, and so does whoever was never asked"
    " where Settings say so. They are not measured, which is not the same as not opened.",
}

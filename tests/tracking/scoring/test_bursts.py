from dataclasses import dataclass

import pytest

from tracking.scoring import bursts, verdicts

ACCEPTED = 1_000.0
CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Act:
    seconds: float
    link_id: int = 0
    verdict: str = verdicts.HUMAN
    neighbourhood: str | None = "192.0.2.0"
    user_agent: str = CHROME
    is_rented: bool = False

    @property
    def is_click(self) -> bool:
        return self.link_id != 0 or self.verdict == verdicts.HIDDEN


def clicks(*seconds: float) -> list[Act]:
    return [Act(ACCEPTED + second, number) for number, second in enumerate(seconds, 1)]


def caught(acts: list[Act], links: int = 4, accepted_at: float | None = ACCEPTED) -> dict[Act, str]:
    return {one.act: one.verdict for one in bursts.of_mail(acts, links_in_mail=links, accepted_at=accepted_at)}


@pytest.mark.parametrize(
    ("seconds", "links", "count"),
    [
        ((30, 30.1, 30.2, 30.4), 4, 4),  # every link at once
        ((43, 43.05, 43.1, 43.2, 43.3), 9, 5),  # not every link: still no hand
        ((9000, 9000.1, 9000.2), 9, 3),  # hours later, as after an alert
        ((20, 24, 27, 29.9), 4, 4),  # every link, slowly, right after delivery
        ((20, 28, 34, 40), 4, 0),  # as fast as a hand goes
        ((20, 20.8, 21.6), 4, 0),  # three tabs opened in a row, one link left out
        ((600, 603, 606, 609), 4, 0),  # somebody who opens all in tabs, later
        ((30, 30.4), 2, 2),  # both links of a mail that has two
        ((9000, 9000.4), 2, 0),
        ((30, 30.4), 4, 0),
        (tuple(40 + 0.7 * link for link in range(9)), 9, 9),  # over many links no hand keeps such a pace
        ((30,), 1, 0),
    ],
)
def test_links_followed_faster_than_by_hand_are_a_burst(seconds: tuple[float, ...], links: int, count: int) -> None:
    assert list(caught(clicks(*seconds), links).values()) == [verdicts.BURST] * count


def test_from_rented_computers_slower_bursts_prove_it_too() -> None:
    slow = [Act(ACCEPTED + 7000 + 2.5 * number, number, is_rented=True) for number in range(1, 5)]
    assert len(caught(slow, links=9)) == 4
    assert not caught([Act(act.seconds, act.link_id) for act in slow], links=9)


def test_picture_loaded_in_the_first_minute_belongs_to_the_burst_that_follows_wherever_it_came_from() -> None:
    picture = Act(ACCEPTED + 8, neighbourhood="203.0.113.0", user_agent=FIREFOX)
    outlook = Act(ACCEPTED + 9, neighbourhood="203.0.113.0", user_agent="YahooMailProxy; https://help.yahoo.com")
    later = Act(ACCEPTED + 90, neighbourhood="203.0.113.0", user_agent=FIREFOX)
    burst = clicks(100, 100.1, 100.2, 100.3)
    assert set(caught([picture, outlook, later, *burst])) == {picture, *burst}


def test_burst_of_a_mail_whose_delivery_nobody_knows_of_is_seen_by_its_speed_alone() -> None:
    assert len(caught(clicks(1, 1.1, 1.2, 1.3), accepted_at=None)) == 4
    assert not caught(clicks(1, 4, 6, 9), accepted_at=None)


def test_same_link_twice_in_a_moment_is_a_double_click() -> None:
    assert not caught([Act(ACCEPTED + 60 + second / 10, 1) for second in range(5)])


def test_what_came_along_with_a_burst_is_the_same_program() -> None:
    burst = clicks(40, 40.1, 40.2, 40.3)
    picture = Act(ACCEPTED + 7)
    elsewhere = Act(ACCEPTED + 70, neighbourhood="198.51.100.0")
    other_program = Act(ACCEPTED + 80, user_agent=FIREFOX)
    amid = Act(ACCEPTED + 41, neighbourhood="203.0.113.0", user_agent=FIREFOX)
    found = caught([picture, *burst, elsewhere, other_program, amid])
    assert set(found) == {picture, *burst, amid}


def test_programs_of_one_rented_network_belong_together() -> None:
    scanned = Act(ACCEPTED + 12, 1, verdicts.CLOUD, "3.9.1.0", is_rented=True)
    late = Act(ACCEPTED + 311, 2, neighbourhood="3.120.7.0", user_agent=FIREFOX, is_rented=True)
    person = Act(ACCEPTED + 290, 2, neighbourhood="198.51.100.0")
    assert caught([scanned, late, person]) == {late: verdicts.CLOUD}


def test_who_follows_the_hidden_link_is_a_program_in_all_it_does() -> None:
    hidden = Act(ACCEPTED + 40, 0, verdicts.HIDDEN)
    shown = Act(ACCEPTED + 43, 1)
    assert caught([hidden, shown, Act(ACCEPTED + 4000, 1)]) == {shown: verdicts.HIDDEN}


def test_apples_proxy_says_nothing_of_the_person_behind_it() -> None:
    proxy = Act(ACCEPTED + 60, 0, verdicts.APPLE_PROXY)
    assert not caught([proxy, Act(ACCEPTED + 65, 1)])


@pytest.mark.parametrize(
    ("acts", "is_one"),
    [
        ([(1, 1), (2, 2), (5, 3), (9, 4)], True),
        ([(1, 1), (1.2, 2), (1.4, 3)], True),
        ([(1, 1), (4, 2), (9, 3)], False),  # three colleagues at their desks
        ([(1, 1), (2, 1), (3, 1), (4, 1), (5, 2)], False),  # one mail again and again: forwarded, or opened often
        ([(1, 1), (12, 2), (25, 3), (37, 4)], False),
        ([], False),
    ],
)
def test_crowd_is_many_mails_within_seconds(acts: list[tuple[float, int]], is_one: bool) -> None:
    assert bursts.crowd(acts) == is_one

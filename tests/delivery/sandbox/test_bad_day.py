from delivery.sandbox.bad_day import DEAD_SECONDS, BadDay, BadDays


def test_of_fifty_people_four_are_refused_two_bounce_and_one_complains() -> None:
    day = BadDay(1_000, 1_999)
    met = [day.behave(message_id) for message_id in range(1_000, 1_100)]
    assert sum(bool(how.recipient_reply) for how in met) == 8
    assert sum(how.complains for how in met) == 2
    assert sum(bool(how.bounces) for how in met) == 4


def test_three_people_meet_a_refusal_a_bounce_and_a_complaint_too() -> None:
    day = BadDay(7, 9)
    met = [day.behave(message_id) for message_id in (7, 8, 9)]
    assert [bool(how.recipient_reply) for how in met] == [False, False, True]
    assert [how.complains for how in met] == [False, True, False]
    assert [bool(how.bounces) for how in met] == [True, False, False]


def test_the_relay_dies_once_half_way_and_comes_back() -> None:
    day = BadDay(1, 10)
    assert [day.relay_is_dead(100) for _ in range(6)] == [False] * 5 + [True]
    assert day.relay_is_dead(100 + DEAD_SECONDS - 1)
    assert not any(day.relay_is_dead(100 + DEAD_SECONDS + more) for more in range(20))


def test_in_a_large_rehearsal_it_dies_before_complaints_have_stopped_it() -> None:
    day = BadDay(1, 100_000)
    assert [day.relay_is_dead(0) for _ in range(51)].index(True) == 50


def test_what_is_played_already_goes_on_and_other_mail_is_left_alone() -> None:
    days = BadDays()
    assert not days
    days.play([(1, 2)])
    first = days.of(2)
    assert first
    days.play([(1, 2), (10, 20)])
    assert days.of(2) is first
    assert days.of(3) is None
    assert days.of(None) is None
    days.play([])
    assert not days

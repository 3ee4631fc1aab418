from delivery.ledger import tally


def test_everyone_gets_the_mail_exactly_once(serve, provider_of, batch_of, send):
    server = serve()
    batch = batch_of(provider_of(server), 1200)
    send(batch)
    assert len(server.accepted()) == 1200
    assert not server.twice()
    assert tally(batch).words == "1,200 = 1,200 + 0 + 0 + 0 + 0"

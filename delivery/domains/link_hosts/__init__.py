"""Hosts that the links of mails lead to: whether each leads here, with a certificate that browsers take."""

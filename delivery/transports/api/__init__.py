"""Providers' web interfaces as ways out: a mail a request, over connections that are kept.

`channel` moves requests and minds what became of them; a module of `kinds` writes the requests of one service and reads
its answers, most of it by django-anymail. Whatever leaves goes through accounts.egress.
"""

"""Addresses of this part."""

from django.urls import URLPattern, path

from delivery.views import mailboxes, providers, raw_returned, routes, sandbox, warmups

urlpatterns: list[URLPattern] = [
    path("providers/", providers.providers, name="providers"),
    path("providers/new/", providers.add, name="provider-new"),
    path("providers/warm-up/", warmups.warmups, name="warmups"),
    path("providers/warm-up/<int:plan_id>/hold/", warmups.hold, name="warmup-hold"),
    path("providers/warm-up/<int:plan_id>/resume/", warmups.resume, name="warmup-resume"),
    path("providers/warm-up/<int:plan_id>/end/", warmups.end, name="warmup-end"),
    path("providers/<int:provider_id>/", providers.provider, name="provider"),
    path("providers/<int:provider_id>/edit/", providers.edit, name="provider-edit"),
    path("providers/<int:provider_id>/test/", providers.test, name="provider-test"),
    path("providers/<int:provider_id>/test/<uuid:key>/", providers.test_steps, name="provider-test-steps"),
    path("providers/<int:provider_id>/default/", providers.make_default, name="provider-default"),
    path("providers/<int:provider_id>/pause/", providers.pause, name="provider-pause"),
    path("providers/<int:provider_id>/resume/", providers.resume, name="provider-resume"),
    path("providers/<int:provider_id>/remove/", providers.remove, name="provider-remove"),
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailboxes.add, name="mailbox-new"),
    path("mailboxes/<int:mailbox_id>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:mailbox_id>/edit/", mailboxes.edit, name="mailbox-edit"),
    path("mailboxes/<int:mailbox_id>/test/", mailboxes.test, name="mailbox-test"),
    path("mailboxes/<int:mailbox_id>/test/<uuid:key>/", mailboxes.test_steps, name="mailbox-test-steps"),
    path("mailboxes/<int:mailbox_id>/pause/", mailboxes.pause, name="mailbox-pause"),
    path("mailboxes/<int:mailbox_id>/resume/", mailboxes.resume, name="mailbox-resume"),
    path("mailboxes/<int:mailbox_id>/remove/", mailboxes.remove, name="mailbox-remove"),
    path("routes/", routes.routes, name="routes"),
    path("routes/<int:route_id>/move/", routes.move, name="route-move"),
    path("routes/<int:route_id>/remove/", routes.remove, name="route-remove"),
    path("delivery/returned/raw/<int:returned_id>/", raw_returned.raw, name="returned-raw"),
    path("delivery/returned/raw/<int:returned_id>/download/", raw_returned.download, name="returned-raw-download"),
    path("sandbox/", sandbox.mails, name="sandbox"),
    path("sandbox/rules/", sandbox.rules, name="sandbox-rules"),
    path("sandbox/empty/", sandbox.empty, name="sandbox-empty"),
    path("sandbox/<int:mail_id>/", sandbox.mail, name="sandbox-mail"),
    path("sandbox/<int:mail_id>/html/", sandbox.html, name="sandbox-html"),
    path("sandbox/<int:mail_id>/raw/", sandbox.raw, name="sandbox-raw"),
    path("sandbox/<int:mail_id>/unsubscribe/", sandbox.unsubscribe, name="sandbox-unsubscribe"),
    path("sandbox/<int:mail_id>/complain/", sandbox.complain, name="sandbox-complain"),
]

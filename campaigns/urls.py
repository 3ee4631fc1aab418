"""Addresses of this part."""

from django.urls import URLPattern, path

from campaigns.content.images import serve
from campaigns.views import campaign, campaigns, content, drafts, flight, home, images, revision, samples, test_mails

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/starters/<slug:key>/", campaigns.starter_mail, name="starter-mail"),
    path("campaigns/<int:pk>/", campaign.campaign, name="campaign"),
    path("campaigns/<int:pk>/duplicate/", campaigns.duplicate, name="campaign-duplicate"),
    path("campaigns/<int:pk>/delete/", campaigns.delete, name="campaign-delete"),
    path("campaigns/<int:pk>/save/<slug:card>/", drafts.save_card, name="campaign-save"),
    path("campaigns/<int:pk>/ready/", campaign.ready, name="campaign-ready"),
    path("campaigns/<int:pk>/inbox/", campaign.inbox, name="campaign-inbox"),
    path("campaigns/<int:pk>/mail/", campaign.mail, name="campaign-mail"),
    path("campaigns/<int:pk>/launch/", flight.launch, name="campaign-launch"),
    path("campaigns/<int:pk>/undo/", flight.undo, name="campaign-undo"),
    path("campaigns/<int:pk>/pause/", flight.pause, name="campaign-pause"),
    path("campaigns/<int:pk>/resume/", flight.resume, name="campaign-resume"),
    path("campaigns/<int:pk>/cancel/", flight.cancel, name="campaign-cancel"),
    path("campaigns/<int:pk>/revise/", revision.revise, name="campaign-revise"),
    path("campaigns/<int:pk>/continue/", revision.go_on, name="campaign-continue"),
    path("campaigns/<int:pk>/test/", test_mails.send_test, name="campaign-test"),
    path("campaigns/<int:pk>/test/<int:message>/", test_mails.test_outcome, name="campaign-test-outcome"),
    path("campaigns/<int:pk>/content/", content.content, name="campaign-content"),
    path("campaigns/<int:pk>/content/kind/", content.switch_kind, name="campaign-kind"),
    path("campaigns/<int:pk>/content/starter/", content.use_starter, name="campaign-starter"),
    path("campaigns/<int:pk>/content/style/", content.save_style, name="campaign-style"),
    path("campaigns/<int:pk>/content/add/", content.add_block, name="block-add"),
    path("campaigns/<int:pk>/content/undo/", content.undo, name="content-undo"),
    path("campaigns/<int:pk>/content/redo/", content.redo, name="content-redo"),
    path("campaigns/<int:pk>/content/<slug:block>/save/", content.save_block, name="block-save"),
    path("campaigns/<int:pk>/content/<slug:block>/move/", content.move_block, name="block-move"),
    path("campaigns/<int:pk>/content/<slug:block>/duplicate/", content.duplicate_block, name="block-duplicate"),
    path("campaigns/<int:pk>/content/<slug:block>/delete/", content.delete_block, name="block-delete"),
    path("images/", images.images, name="images"),
    path("images/upload/", images.upload_image, name="image-upload"),
    path("images/<int:pk>/", images.image, name="image"),
    path("images/<int:pk>/delete/", images.delete_image, name="image-delete"),
    path("i/<str:name>", serve, name="picture"),
    path("samples/remove/", samples.remove_samples, name="remove-samples"),
]

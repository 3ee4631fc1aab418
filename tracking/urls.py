"""Addresses of this part. `/o/`, `/c/` and the POST of `/u/` are answered before Django: see tracking.slim."""

from django.urls import URLPattern, path

from tracking.views import (
    conversions,
    counting,
    keeping,
    messages,
    people,
    public,
    reaching,
    signup,
    signup_preview,
    tagging,
    uncertain,
)

urlpatterns: list[URLPattern] = [
    path("u/<str:token>", public.unsubscribe, name="unsubscribe"),
    path("u/<str:token>/leave", public.leave, name="unsubscribe-leave"),
    path("u/<str:token>/undo", public.undo, name="unsubscribe-undo"),
    path("u/<str:token>/counting", public.answer_counting, name="unsubscribe-counting"),
    path("f/<slug:key>", signup.form, name="signup"),
    path("f/<slug:key>/frame", signup.frame, name="signup-frame"),
    path("f/<slug:key>/again", signup.again, name="signup-again"),
    path("y/<str:token>", signup.confirm, name="signup-confirm"),
    path("v/<str:token>", public.view, name="view-mail"),
    path("forms/preview/", signup_preview.preview, name="form-preview"),
    path("g/<str:key>", reaching.reach, name="goal-reached"),
    path("settings/conversions/", conversions.goals, name="goals"),
    path("settings/conversions/new/", conversions.add, name="goal-add"),
    path("settings/conversions/<int:pk>/", conversions.goal, name="goal"),
    path("settings/conversions/<int:pk>/edit/", conversions.edit, name="goal-edit"),
    path("settings/conversions/<int:pk>/secret/", conversions.renew, name="goal-secret"),
    path("settings/conversions/<int:pk>/delete/", conversions.delete, name="goal-delete"),
    path("settings/counting/", counting.counting, name="counting"),
    path("settings/events/", keeping.keeping, name="event-keeping"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<int:message_id>/", messages.message, name="message"),
    path("messages/<int:message_id>/mail/", messages.message_mail, name="message-mail"),
    path("campaigns/people/<int:batch_id>/", people.batch_people, name="batch-people"),
    path("campaigns/people/<int:batch_id>/export/", people.batch_people_export, name="batch-people-export"),
    path("campaigns/people/<int:batch_id>/tag/", tagging.tag, name="batch-people-tag"),
    path("campaigns/people/tagging/<int:pk>/", tagging.tagging, name="tagging"),
    path("campaigns/people/tagging/<int:pk>/undo/", tagging.undo, name="tagging-undo"),
    path("campaigns/people/<int:batch_id>/again/", uncertain.send_again, name="batch-uncertain-again"),
    path("campaigns/people/<int:batch_id>/leave/", uncertain.leave, name="batch-uncertain-leave"),
]

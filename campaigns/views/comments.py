"""Comments on a campaign and its blocks: a page of their own, and the same list beside the mail in the editor."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, allows, requires
from campaigns.comments import conversations
from campaigns.comments.conversations import NotPossible
from campaigns.comments.models import Comment
from campaigns.models import Campaign
from campaigns.views.pages import get_campaign


class CommentForm(forms.Form):
    text = forms.CharField(label="Comment", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    tell = forms.ModelChoiceField(User.objects.none(), label="Tell", required=False, empty_label="Nobody by mail")
    block = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, reader: User, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["tell"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # it is declared above
        field.queryset = User.objects.filter(is_active=True).exclude(pk=reader.pk).order_by("name", "email")
        self.fields["text"].help_text = "@name tells a colleague, too."


@require_safe
@requires(Permission.LOOK)
def comments(request: StaffRequest, pk: int) -> HttpResponse:
    """`?change=`: the comment that whoever wrote it is about to change."""
    return _answer(request, get_campaign(pk), now_changed=whole_number(request.GET.get("change")))


@require_POST
@requires(Permission.WRITE)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin a conversation, about the block that is named or the whole."""
    found, form = get_campaign(pk), CommentForm(request.POST, reader=request.user)
    if not form.is_valid():
        return _answer(request, found, form=form)
    said = form.cleaned_data
    try:
        conversations.add(found, said["text"], by=request.user, block=said["block"], tell=said["tell"])
    except NotPossible as problem:
        form.add_error(None, str(problem))
        return _answer(request, found, form=form)
    return _answer(request, found, said="Said.")


@require_POST
@requires(Permission.WRITE)
def answer(request: StaffRequest, pk: int, comment: int) -> HttpResponse:
    first = _first(pk, comment)
    form = CommentForm(request.POST, reader=request.user, auto_id=f"id_{comment}_%s")
    if not form.is_valid():
        return _answer(request, first.campaign, answering=comment, answer_form=form)
    try:
        conversations.answer(first, form.cleaned_data["text"], by=request.user, tell=form.cleaned_data["tell"])
    except NotPossible as problem:
        form.add_error(None, str(problem))
        return _answer(request, first.campaign, answering=comment, answer_form=form)
    return _answer(request, first.campaign, said="Answered.")


@require_POST
@requires(Permission.WRITE)
def resolve(request: StaffRequest, pk: int, comment: int) -> HttpResponse:
    first, is_resolved = _first(pk, comment), request.POST.get("act") != "open"
    conversations.resolve(first, by=request.user, is_resolved=is_resolved)
    return _answer(request, first.campaign, said="Resolved." if is_resolved else "Open again.")


@require_POST
@requires(Permission.WRITE)
def change(request: StaffRequest, pk: int, comment: int) -> HttpResponse:
    """By whoever wrote it."""
    said = _said(pk, comment)
    form = CommentForm(request.POST, reader=request.user, auto_id=f"id_change_{comment}_%s")
    if not form.is_valid():
        return _answer(request, said.campaign, changing=comment, change_form=form)
    try:
        conversations.change(said, form.cleaned_data["text"], by=request.user)
    except NotPossible as problem:
        return _answer(request, said.campaign, problem=str(problem))
    return _answer(request, said.campaign, said="Changed.")


@require_POST
@requires(Permission.WRITE)
def take_back(request: StaffRequest, pk: int, comment: int) -> HttpResponse:
    """By whoever wrote it."""
    said = _said(pk, comment)
    try:
        conversations.take_back(said, by=request.user)
    except NotPossible as problem:
        return _answer(request, said.campaign, problem=str(problem))
    return _answer(request, said.campaign, said="Taken back.")


def context(request: StaffRequest, campaign: Campaign) -> dict[str, Any]:
    """What `campaigns/comments/_comments.html` shows."""
    return {
        "conversations": conversations.of(campaign),
        "comment_form": CommentForm(reader=request.user),
        "may_comment": allows(request.user, Permission.WRITE),
        "reader": request.user,
    }


def _said(campaign: int, comment: int, **which: Any) -> Comment:
    return get_object_or_404(
        Comment.objects.select_related("campaign", "answers"), pk=comment, campaign=campaign, **which
    )


def _first(campaign: int, comment: int) -> Comment:
    return _said(campaign, comment, answers=None)


def _answer(
    request: StaffRequest, campaign: Campaign, *, said: str = "", now_changed: int | None = None, **changed: Any
) -> HttpResponse:
    """The list, or the page; after a change without scripts the page is loaded anew."""
    is_refused = bool(changed)
    if said and not request.htmx:
        return redirect("comments", campaign.pk)
    shown = context(request, campaign) | {"campaign": campaign, "said": said, "changing": now_changed, **changed}
    if form := changed.get("form"):
        shown["comment_form"] = form
    is_part = request.htmx and request.htmx.target == "comments"
    template = "campaigns/comments/_comments.html" if is_part else "campaigns/comments/comments.html"
    return render(request, template, shown, status=422 if is_refused else 200)

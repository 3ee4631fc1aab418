"""What is asked for with a picture."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from campaigns.content.images.library import LARGEST, SMALLEST, Crop
from campaigns.models import Image, ImageFolder

_KINDS = ".jpg,.jpeg,.png,.gif,.webp,image/jpeg,image/png,image/gif,image/webp"

if TYPE_CHECKING:
    _ImageForm = forms.ModelForm[Image]
else:
    _ImageForm = forms.ModelForm


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PicturesField(forms.FileField):
    """Several files under one name; `clean` answers a list."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list) else [data]
        return [super(PicturesField, self).clean(file, initial) for file in files or [None]]


class PictureForm(forms.Form):
    picture = PicturesField(
        label="Pictures",
        help_text="JPEG, PNG, GIF or WebP, each up to 10 MB.",
        error_messages={"required": "Choose one picture or more."},
        widget=_ManyFiles(attrs={"accept": _KINDS}),
    )
    alt = forms.CharField(
        label="Description", required=False, max_length=300, help_text="What it shows, for those who cannot see it."
    )
    folder = forms.ModelChoiceField(ImageFolder.objects.all(), required=False, widget=forms.HiddenInput)


class AboutForm(_ImageForm):
    folder = forms.ModelChoiceField(ImageFolder.objects.all(), required=False, empty_label="No folder", label="Folder")
    is_decorative = forms.BooleanField(
        label="Decoration only",
        required=False,
        help_text="It says nothing that the text does not: screen readers skip it.",
    )

    class Meta:
        model = Image
        fields = ["name", "alt", "is_decorative", "folder"]
        labels: ClassVar = {"name": "Name", "alt": "Description"}
        help_texts: ClassVar = {
            "name": "For you and your team.",
            "alt": "What it shows, in a sentence: read aloud, and shown while pictures are off.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_decorative") and cleaned.get("alt"):
            self.add_error("is_decorative", "It has a description. Empty that, or untick this.")
        return cleaned


class CropForm(forms.Form):
    """Pixels of the upright original; the focal point in per cent of it."""

    left = forms.IntegerField(label="From the left", min_value=0)
    top = forms.IntegerField(label="From the top", min_value=0)
    width = forms.IntegerField(label="Width", min_value=1)
    height = forms.IntegerField(label="Height", min_value=1)
    focal_x = forms.IntegerField(label="Point, % across", min_value=0, max_value=100)
    focal_y = forms.IntegerField(label="Point, % down", min_value=0, max_value=100)
    max_width = forms.IntegerField(
        label="Width of the file, at most",
        min_value=SMALLEST,
        max_value=LARGEST,
        help_text=f"In pixels. Twice the width at which mails show it is sharp on every screen; {LARGEST} is the most.",
    )

    def __init__(self, image: Image, data: Any = None) -> None:
        self.image = image
        left, top, width, height = image.crop or (0, 0, *image.whole)
        initial = {
            "left": left,
            "top": top,
            "width": width,
            "height": height,
            "focal_x": image.focal_x,
            "focal_y": image.focal_y,
            "max_width": image.max_width,
        }
        super().__init__(data, initial=initial, label_suffix="")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start, length, whole, edge in (
            ("left", "width", self.image.whole[0], "right"),
            ("top", "height", self.image.whole[1], "lower"),
        ):
            if {start, length} <= cleaned.keys() and cleaned[start] + cleaned[length] > whole:
                self.add_error(length, f"That goes beyond the {edge} edge: the picture has {whole} pixels there.")
        return cleaned

    @property
    def crop(self) -> Crop:
        cleaned = self.cleaned_data
        return cleaned["left"], cleaned["top"], cleaned["width"], cleaned["height"]


class ReplaceForm(forms.Form):
    picture = forms.FileField(
        label="The new picture",
        help_text="JPEG, PNG, GIF or WebP, up to 10 MB.",
        error_messages={"required": "Choose the picture that comes in its place."},
        widget=forms.FileInput(attrs={"accept": _KINDS}),
    )


class FolderForm(forms.Form):
    """An existing folder or a new one's name; neither: no folder."""

    folder = forms.ModelChoiceField(
        ImageFolder.objects.all(),
        required=False,
        empty_label="No folder",
        label="Folder",
        error_messages={"invalid_choice": "This folder is not there any more. Choose another one."},
    )
    new_folder = LineField(
        label="Or a new folder",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "or a new folder", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="move-%s", label_suffix="")

    def chosen(self) -> ImageFolder | None:
        if name := self.cleaned_data["new_folder"]:
            return folder_named(name)
        folder: ImageFolder | None = self.cleaned_data["folder"]
        return folder


class FolderNameForm(forms.Form):
    name = LineField(label="Name of the folder", max_length=80)

    def __init__(self, folder: ImageFolder, data: Any = None) -> None:
        self.folder = folder
        super().__init__(data, initial={"name": folder.name}, label_suffix="")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if ImageFolder.objects.filter(name__iexact=name).exclude(pk=self.folder.pk).exists():
            raise ValidationError("Another folder has this name. Choose a different one.")
        return name


def folder_named(name: str) -> ImageFolder:
    """The one with this name, made where there is none."""
    return ImageFolder.objects.filter(name__iexact=name).first() or ImageFolder.objects.create(name=name)

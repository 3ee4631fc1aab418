"""Addresses of this part."""

from django.urls import URLPattern, path

from contacts.views import exports, fields, held, imports, lists, people, suppressions

urlpatterns: list[URLPattern] = [
    path("contacts/", people.contacts, name="contacts"),
    path("contacts/new/", people.add, name="contact-add"),
    path("contacts/export/", exports.contacts, name="contacts-export"),
    path("contacts/fields/", fields.fields, name="fields"),
    path("contacts/fields/new/", fields.add, name="field-add"),
    path("contacts/fields/<int:pk>/rename/", fields.rename, name="field-rename"),
    path("contacts/fields/<int:pk>/delete/", fields.delete, name="field-delete"),
    path("contacts/<int:pk>/", people.contact, name="contact"),
    path("contacts/<int:pk>/edit/", people.edit, name="contact-edit"),
    path("contacts/<int:pk>/delete/", people.delete, name="contact-delete"),
    path("contacts/<int:pk>/unsubscribe/", people.unsubscribe, name="contact-unsubscribe"),
    path("contacts/<int:pk>/resubscribe/", people.resubscribe, name="contact-resubscribe"),
    path("lists/", lists.lists, name="lists"),
    path("lists/new/", lists.add, name="list-add"),
    path("lists/<int:pk>/", lists.mailing_list, name="list"),
    path("lists/<int:pk>/edit/", lists.edit, name="list-edit"),
    path("lists/<int:pk>/delete/", lists.delete, name="list-delete"),
    path("suppressions/", suppressions.suppressions, name="suppressions"),
    path("suppressions/new/", suppressions.add, name="suppression-add"),
    path("suppressions/held/", held.held, name="suppressions-held"),
    path("suppressions/held/believe/", held.believe, name="suppressions-held-believe"),
    path("suppressions/held/keep/", held.keep, name="suppressions-held-keep"),
    path("suppressions/export/", exports.suppressions, name="suppressions-export"),
    path("suppressions/<int:pk>/lift/", suppressions.lift, name="suppression-lift"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.upload, name="import-new"),
    path("imports/<int:pk>/", imports.import_job, name="import"),
    path("imports/<int:pk>/preview/", imports.preview, name="import-preview"),
    path("imports/<int:pk>/reread/", imports.reread, name="import-reread"),
    path("imports/<int:pk>/check/", imports.check, name="import-check"),
    path("imports/<int:pk>/start/", imports.start, name="import-start"),
    path("imports/<int:pk>/change/", imports.change, name="import-change"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/refused/", imports.refused, name="import-refused"),
    path("imports/<int:pk>/mend/", imports.mend, name="import-mend"),
]

"""An import carried through in one go, by whoever runs the command: all of it, or nothing while a question is open."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from contacts.importing.columns import questions
from contacts.importing.columns.questions import Question
from contacts.importing.plan import Consent, Plan
from contacts.importing.reading import storing
from contacts.importing.running import jobs, staging, working
from contacts.importing.running.beginning import Beginning
from contacts.importing.running.foretelling import Fate, fates
from contacts.models import ImportJob, MailingList

State = ImportJob.State


class Failed(Exception):
    """The message says why."""


class Undecided(Exception):
    """Nothing was done: these questions have to be answered first."""

    def __init__(self, asked: Sequence[Question]) -> None:
        super().__init__(" ".join(question.words for question in asked))
        self.questions = list(asked)


@contextmanager
def imported(
    path: Path, *, list_name: str, answers: Iterable[tuple[str, str]], is_dry: bool, consent_text: str
) -> Iterator[Iterator[Fate]]:
    """Yields what becomes of each person; the import itself runs when that was read. Raises Undecided, Failed,
    NotReadable and NoSuchAnswer."""
    with path.open("rb") as file:
        job = jobs.upload(File(file), path.name, by=None, enqueue=False)
    try:
        if job.state == State.READING:
            _work(job, State.UPLOADED)
        plan = _plan(job, answers, consent_text)
        mailing_list = MailingList.objects.filter(name=list_name).first() if list_name else None
        if mailing_list:
            plan = plan.change(lists=(mailing_list.pk,))
        _check(job, plan)
        yield fates(job, plan)
        if is_dry:
            return
        if list_name and not mailing_list:
            _take_list(job, plan, MailingList.objects.create(name=list_name))
        jobs.start(job, enqueue=False)
        _work(job, State.DONE)
    finally:
        job.refresh_from_db()
        if job.state != State.DONE:
            _forget(job)


def _plan(job: ImportJob, answers: Iterable[tuple[str, str]], consent_text: str) -> Plan:
    plan = Plan.from_json(job.options).change(consent_source=Consent.OTHER_SYSTEM.value, consent_text=consent_text)
    for column, target in answers:
        plan = questions.answer(plan, job.options["header"], column, target)
    return plan


def _check(job: ImportJob, plan: Plan) -> None:
    try:
        jobs.check(job, plan, enqueue=False)
    except jobs.NotDecided as undecided:
        raise Undecided(undecided.questions) from None
    except jobs.NotPossible as problem:
        raise Failed(str(problem)) from None
    _work(job, State.READY)


def _work(job: ImportJob, wanted: str) -> None:
    working.work(job.pk)
    job.refresh_from_db()
    if job.state == State.UPLOADED != wanted:
        raise Undecided(Beginning(job).questions(Plan.from_json(job.options)))
    if job.state != wanted:
        raise Failed(job.problem or "Somebody else is at work on this import.")


def _take_list(job: ImportJob, plan: Plan, mailing_list: MailingList) -> None:
    job.options |= plan.change(lists=(mailing_list.pk,)).to_json()
    job.save(update_fields=["options"])


def _forget(job: ImportJob) -> None:
    """No trace of an import that did nothing. One that was stopped midway stays, so that its report can be read."""
    if job.counts.get("done"):
        return
    staging.drop(job.pk)
    storing.forget(job)
    if job.refused_storage_name:
        default_storage.delete(job.refused_storage_name)
    job.delete()

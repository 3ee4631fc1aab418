"""Files that are broken or mean harm: a clear message, nothing lost, nothing half done."""

import pytest

from contacts.importing.reading.detecting import NotReadable
from contacts.importing.running import jobs
from contacts.models import Contact, ImportJob
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"email,name\n", "no people below"),
        (b"\xef\xbb\xbfemail\r\n\r\n", "no people below"),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\na@example.com\n", "100,000 columns"),
        (b"a@example.com" + b"," * 100_000 + b"\n", "100,001 columns"),
        (b'"email,name\na@example.com,A\n', "first line"),
        (bytes(range(256)) * 100, "not a text file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "Excel"),
        (b"email\n" + b"\0" * 5000, "not a text file"),
    ],
)
def test_unusable_file_is_refused_and_nothing_is_kept(upload: Upload, data: bytes, message: str) -> None:
    with pytest.raises(NotReadable, match=message):
        upload(data)
    assert not ImportJob.objects.exists()


def test_a_file_over_the_limit_is_refused(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LARGEST_BYTES", 100)
    with pytest.raises(NotReadable, match="larger than 200 MB"):
        upload("email\n" + "a@example.com\n" * 20)


def test_damaged_rows_are_named_and_the_others_arrive(run: Upload) -> None:
    job = run(
        b"email,name\n"
        b"a@example.com,A\n"
        b'b@example.com,"open\n'
        b"c@example.com,C\x00\n"
        b"d@example.com," + b"x" * 20_000 + b"\n"
        b"e@example.com,Jos\xe9,\xc3\xa9\xc3\xa9\n"
        b"f@example.com,F,too,many\r"
        b'g@example.com,"two\nlines"\r\n'
        b'h@example.com,""""'
    )
    names = dict(Contact.objects.values_list("email", "first_name"))
    assert set(names) == {"a@example.com", "d@example.com", "g@example.com", "h@example.com"}
    assert names["d@example.com"] == ""
    expected = job.counts["expected"]
    assert (expected["rows"], expected["new"], expected["invalid"]) == (8, 4, 4)
    assert job.counts["left_out"] == {"Name": 1}


def test_every_row_may_be_damaged(check: Upload) -> None:
    job = check("email,name\n" + 'x"@,"\n' * 3000)
    assert (job.state, job.counts["expected"]["invalid"]) == ("ready", 3000)


def test_names_cannot_smuggle_lines_or_formulas(run: Upload) -> None:
    run('email,first name\na@example.com,"Ada\r\nBcc: eve@example.com"\nb@example.com,\'=1+1\n')
    names = dict(Contact.objects.values_list("email", "first_name"))
    assert names == {"a@example.com": "Ada Bcc: eve@example.com", "b@example.com": "=1+1"}


def test_hostile_file_name_stays_a_name(run: Upload) -> None:
    job = run("email\na@example.com\n", name="../../etc/" + "x" * 300 + "<script>.csv")
    assert job.state == "done"
    assert job.storage_name.startswith("imports/")
    assert len(job.file_name) <= 200

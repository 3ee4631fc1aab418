"""Small files of every kind that may go along."""

import zipfile
from io import BytesIO

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def archive(*names: str, first: bytes = b"") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if first:
            made.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
GOOD = {
    "a.pdf": PDF,
    "a.PNG": b"\x89PNG\r\n\x1a\n...",
    "a.jpg": b"\xff\xd8\xff\xe0...",
    "a.gif": b"GIF89a...",
    "a.webp": b"RIFF\0\0\0\0WEBP...",
    "a.csv": "name;Größe\n".encode("cp1252"),
    "a.txt": "Grüße".encode(),
    "a.ics": ICS,
    "a.docx": DOCX,
    "a.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "a.pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "a.odt": archive(first=b"application/vnd.oasis.opendocument.text"),
    "a.ods": archive(first=b"application/vnd.oasis.opendocument.spreadsheet"),
    "a.odp": archive(first=b"application/vnd.oasis.opendocument.presentation"),
}
BAD = {
    "a.zip": archive("a.pdf"),
    "a.exe": b"MZ\x90",
    "a": PDF,
    "a.pdf.exe": PDF,
    "page.pdf": b"<html><script>alert(1)</script>",
    "a.html": b"<p>",
    "a.svg": b"<svg/>",
    "a.png": PDF,
    "empty.pdf": b"",
    "macros.docx": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "sheet.docx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "macros.ods": archive("Basic/x.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"),
    "a.txt": b"a\0b",
    "a.ics": b"BEGIN:VCARD",
}

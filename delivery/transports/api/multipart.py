"""A form with a file in it (RFC 7578)."""

from collections.abc import Mapping
from secrets import token_hex


def multipart(fields: Mapping[str, str], file_field: str, file: bytes) -> tuple[str, bytes]:
    """The kind that its header names, and the body. Nothing that stands in the file can end it early."""
    boundary = token_hex(16)
    pieces = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file_field}"; filename="message.eml"\r\n'
        "Content-Type: message/rfc822\r\n\r\n"
    ).encode()
    return f"multipart/form-data; boundary={boundary}", b"".join(
        pieces
    ) + head + file + f"\r\n--{boundary}--\r\n".encode()

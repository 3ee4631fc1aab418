"""Where pictures are kept: a folder of this machine, or a bucket that speaks S3."""

from collections.abc import Mapping
from typing import Any


def storage(environment: Mapping[str, str]) -> dict[str, Any]:
    """`IMAGES_S3_BUCKET` moves them; key and secret come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`."""
    bucket = environment.get("IMAGES_S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "region_name": environment.get("IMAGES_S3_REGION") or None,
        "default_acl": None,  # the bucket's own rules
        "file_overwrite": False,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }
    if endpoint := environment.get("IMAGES_S3_ENDPOINT", ""):
        options |= {"endpoint_url": endpoint, "client_config": _of_another_make()}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _of_another_make() -> Any:
    """Servers that are not Amazon's seldom have a host a bucket, and not all of them know its newer checksums."""
    from botocore.config import Config  # half a second, for those who need it

    return Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )

"""Tell what a file is by its first bytes, never by its name."""

from __future__ import annotations

HEAD_BYTES = 512
READABLE = "JPEG, PNG, WebP, BMP, GIF, TIFF, AVIF and HEIC"

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}
_PHOTO_MAGIC = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
)
# QuickTime without a file type box, Matroska and WebM, MPEG program stream and video, Flash, Windows Media, Ogg.
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_VIDEO_MAGIC = (
    b"\x1aE\xdf\xa3",
    b"\0\0\x01\xba",
    b"\0\0\x01\xb3",
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"OggS",
)
_ARCHIVE_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"Rar!\x1a\x07": "RAR archive",
    b"7z\xbc\xaf\x27\x1c": "7z archive",
    b"\x1f\x8b": "gzip archive",
    b"BZh": "bzip2 archive",
    b"\xfd7zXZ\0": "xz archive",
}
_TAR_MAGIC, _TAR_PLACE = b"ustar", 257


def why_not_a_photo(head: bytes) -> str | None:
    """Return why a file is no photo that the lab reads; None if it looks like one.

    Args:
        head: the file's first `HEAD_BYTES` bytes, or all of it if it is shorter.

    Returns:
        A reason that follows the file's name in a sentence: "is a video; videos are left out".
    """
    if not head:
        return "is an empty file"
    if _is_photo(head):
        return None
    if _is_video(head):
        return "is a video; videos are left out"
    if archive := archive_name(head):
        on_its_own = "bring it on its own" if archive == "zip" else "pack its photos as a zip"
        return f"is a {archive} inside the photos; unpack it or {on_its_own}"
    return f"is not a photo that the lab reads ({READABLE})"


def archive_name(head: bytes) -> str | None:
    """Return the kind of archive that a file is, such as "RAR archive"; None if it is none.

    Args:
        head: as for `why_not_a_photo`.
    """
    if head[_TAR_PLACE:].startswith(_TAR_MAGIC):
        return "tar archive"
    return next((name for magic, name in _ARCHIVE_MAGIC.items() if head.startswith(magic)), None)


def _brands(head: bytes) -> set[bytes]:
    """Return the brands of an ISO media file, the major and the compatible ones; empty for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))}


def _is_photo(head: bytes) -> bool:
    if head.startswith(_PHOTO_MAGIC):
        return True
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    return bool(_brands(head) & (_HEIF_BRANDS | _AVIF_BRANDS))


def _is_video(head: bytes) -> bool:
    if head[4:8] == b"ftyp" or head[4:8] in _QUICKTIME_BOXES or head.startswith(_VIDEO_MAGIC):
        return True
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return True
    # An MPEG transport stream has a sync byte every 188 bytes.
    return head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G"

# SPDX-License-Identifier: MIT
"""Evidence for the tests: documents, and archives written by libarchive (through ctypes, so that no
other program is needed), by Python's own modules or byte by byte where the damage asks for it.
"""
import ctypes
import ctypes.util
import io
import json
import locale
import tarfile
import zipfile

AE_IFREG = 0o100000
FILTERS = ("none", "gzip", "bzip2", "xz", "zstd", "lz4")
FORMATS = ("ustar", "paxr", "gnutar", "cpio", "newc", "zip", "7zip", "raw")


class WriterError(Exception):
    pass


def load_library():
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")  # in which libarchive takes names, whoever runs the tests
    name = ctypes.util.find_library("archive") or "libarchive.so.13"
    library = ctypes.CDLL(name)
    for function in ("archive_write_new", "archive_entry_new"):
        getattr(library, function).restype = ctypes.c_void_p
    library.archive_error_string.restype = ctypes.c_char_p
    library.archive_write_data.restype = ctypes.c_ssize_t
    return library


def check(library, archive, result):
    if result < -20:  # ARCHIVE_WARN is -20: the member was written
        raise WriterError((library.archive_error_string(ctypes.c_void_p(archive)) or b"?").decode())


def write_member(library, archive, name, content):
    entry = ctypes.c_void_p(library.archive_entry_new())
    library.archive_entry_set_pathname(entry, name)
    library.archive_entry_set_size(entry, ctypes.c_int64(len(content)))
    library.archive_entry_set_filetype(entry, AE_IFREG)
    library.archive_entry_set_perm(entry, 0o644)
    library.archive_entry_set_mtime(entry, ctypes.c_int64(1400000000), ctypes.c_long(0))
    check(library, archive, library.archive_write_header(ctypes.c_void_p(archive), entry))
    library.archive_write_data(ctypes.c_void_p(archive), content, ctypes.c_size_t(len(content)))
    library.archive_entry_free(entry)


def archive(kind, members, compression="none", encryption=None):
    """The bytes of an archive of one of FORMATS ("raw": a single compressed file) with (name as
    bytes, content) members, through one of FILTERS. encryption: of a zip, its name in libarchive and
    the passphrase as bytes. WriterError where libarchive cannot."""
    library = load_library()
    handle = library.archive_write_new()
    pointer = ctypes.c_void_p(handle)
    try:
        check(library, handle, library.archive_write_set_format_by_name(pointer, kind.encode()))
        check(library, handle, library.archive_write_add_filter_by_name(pointer, compression.encode())
              if compression != "none" else library.archive_write_add_filter_none(pointer))
        if encryption is not None:
            check(library, handle, library.archive_write_set_format_option(
                pointer, kind.encode(), b"encryption", encryption[0].encode()))
            check(library, handle, library.archive_write_set_passphrase(pointer, encryption[1]))
        room = sum(len(content) + 4096 for _, content in members) * 2 + (1 << 20)
        buffer, used = ctypes.create_string_buffer(room), ctypes.c_size_t(0)
        library.archive_write_set_bytes_per_block(pointer, 512)
        check(library, handle, library.archive_write_open_memory(
            pointer, buffer, ctypes.c_size_t(room), ctypes.byref(used)))
        for name, content in members:
            write_member(library, handle, name, content)
        check(library, handle, library.archive_write_close(pointer))
        return buffer.raw[:used.value]
    finally:
        library.archive_write_free(pointer)


def tar(members):
    """A ustar archive with its two end blocks. A member is (name, content) or a TarInfo."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.USTAR_FORMAT) as file:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                file.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            file.addfile(info, io.BytesIO(member[1]))
    return output.getvalue()


def tar_link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_of(members, compression=zipfile.ZIP_DEFLATED):
    """A member is (name or ZipInfo, content)."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as file:
        for name, content in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            file.writestr(info, content, compression)
    return output.getvalue()


def zip_without_entry(members, hidden):
    """A zip whose central directory leaves out the member named hidden."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content)
        file.filelist = [info for info in file.filelist if info.filename != hidden]
    return output.getvalue()


def certificate(name, upload_date, account="111122223333", **others):
    """What IAM says of a certificate whose id follows from its name."""
    number = sum(ord(letter) * 31 ** place for place, letter in enumerate(name)) % 10 ** 10
    metadata = {
        "Path": "/",
        "ServerCertificateName": name,
        "ServerCertificateId": f"ASCAEXAMPLE{number:010d}",
        "Arn": f"arn:aws:iam::{account}:server-certificate/{name}",
        "UploadDate": upload_date,
        "Expiration": "2036-05-02T12:00:00Z",
    }
    metadata.update(others)
    return metadata


def listing(*certificates, **others):
    return json.dumps({"ServerCertificateMetadataList": list(certificates), **others},
                      ensure_ascii=False).encode()

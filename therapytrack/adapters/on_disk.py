"""Bytes that a power cut does not take."""

import errno
import fcntl
import os

NOT_KNOWN_THERE = (errno.ENOTSUP, errno.ENOTTY, errno.EINVAL)


def keep(file: int) -> None:
    """Have the disk itself hold what was written to an open file. Raises OSError.

    On macOS `fsync` leaves it in the drive's own cache; what asks the drive is not known to every kind of volume.
    """
    os.fsync(file)
    whole: int | None = getattr(fcntl, "F_FULLFSYNC", None)
    if whole is None:
        return
    try:
        fcntl.fcntl(file, whole)
    except OSError as error:
        if error.errno not in NOT_KNOWN_THERE:
            raise

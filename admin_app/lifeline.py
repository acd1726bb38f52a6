"""A process that is told to end with the one that started it, even if that one was killed and could not end anything itself."""

import ctypes
import os
import signal
import sys

END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2); other systems than Linux have nothing like it
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None) -> None:
    """From here on this process is killed when its parent dies. What it has acknowledged is in the database already.

    ``parent``: the number of the process that started this one. If that is dead before the kernel could be told, so is this one.
    """
    if LIBC:
        LIBC.prctl(END_WITH_PARENT, signal.SIGKILL)
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

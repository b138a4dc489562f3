"""What every process and command ends with, so that a supervisor or a script knows whether to try again.

0  done
1  refused, or some rows of a file were
2  used wrongly: an unknown option, a setting that cannot be read
3  a part outside is away: trying again may help
4  broken: an operator must look
5  kept: it is on record and done by itself as soon as the service is whole again; do not ask again
6  an audit found something out of step
130  interrupted
"""

from models.errors import Kept, Refused, Unavailable

REFUSED, USAGE, AWAY, BROKEN, KEPT, FOUND = 1, 2, 3, 4, 5, 6


def exit_code(error: BaseException) -> int:
    """The exit code of an error."""
    if isinstance(error, Refused):
        return REFUSED
    if isinstance(error, Kept):
        return KEPT
    return AWAY if isinstance(error, Unavailable) else BROKEN

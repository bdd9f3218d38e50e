"""Text from programs that may say anything, made fit to be passed on."""

DETAIL_MAX = 8000
HEAD_KEPT = 2000


def plain(text):
    """Text that any JSON reader takes: no lone surrogates, no NUL."""
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def cut(text):
    """What is told of a failure: its beginning, and its end, where the error itself stands."""
    text = plain(text)
    if len(text) <= DETAIL_MAX:
        return text
    return text[:HEAD_KEPT] + "\n[...]\n" + text[len(text) - (DETAIL_MAX - HEAD_KEPT):]

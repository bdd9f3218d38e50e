"""Six tests, one of which never ends."""
from hang._hang import twice, wait_for_ever

__version__ = "@VERSION@"
__all__ = ["twice", "wait_for_ever"]

"""Ten tests, one of which ends the interpreter."""
from boom._boom import add, write_nowhere

__version__ = "@VERSION@"
__all__ = ["add", "write_nowhere"]

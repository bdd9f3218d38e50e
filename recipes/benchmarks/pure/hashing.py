"""Digests of many small texts and of a larger one, by the module hashlib."""
import hashlib

BLOCK = bytes(range(256)) * 256


def bench(loops):
    for _ in range(loops):
        chain = b"start"
        for i in range(150):
            chain = hashlib.sha256(chain + b"%d" % i).digest()
        answer = (chain.hex(), hashlib.sha1(BLOCK).hexdigest(), hashlib.sha512(BLOCK).hexdigest()[:16],
                  hashlib.blake2b(BLOCK, digest_size=8).hexdigest())
    return answer


EXPECTED = ("0cbee80d4f8a8d18af37727bed327ff7fcbf080ed03653c6054221f6760d17d3", "f04977267a391b2c8f7ad8e070f149bc19b0fc25",
            "76a59ba2dd234dfb", "2cecd8fc6d6f8378")

"""Binary records in a given byte order, packed and unpacked, and bytes taken apart by hand."""
import struct

RECORD = struct.Struct("<IhBd8s")
HEADER = struct.Struct(">HHI")
COUNT = 120


def checksum(data):
    low, high = 1, 0
    for byte in data:
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low


def bench(loops):
    for _ in range(loops):
        buffer = bytearray(HEADER.size + COUNT * RECORD.size)
        HEADER.pack_into(buffer, 0, 0xcafe, COUNT, 7)
        for i in range(COUNT):
            RECORD.pack_into(buffer, HEADER.size + i * RECORD.size, i * 70000, -i, i & 0xff, i / 8, b"rec%d" % i)
        total = 0.0
        for number, small, byte, real, name in RECORD.iter_unpack(memoryview(buffer)[HEADER.size:]):
            total += number + small + byte + real + len(name.rstrip(b"\0"))
        answer = (bytes(buffer[:8]), total, int.from_bytes(buffer[8 + RECORD.size:12 + RECORD.size], "little"), checksum(buffer))
    return answer


def check(answer):
    import zlib
    header, total, number, found = answer
    assert header == b"\xca\xfe\x00\x78\x00\x00\x00\x07" and number == 70000
    assert total == sum(i * 70000 + i / 8 + len(str(i)) + 3 for i in range(COUNT))
    data = struct.pack(">HHI", 0xcafe, COUNT, 7) + b"".join(
        struct.pack("<IhBd8s", i * 70000, -i, i, i / 8, b"rec%d" % i) for i in range(COUNT))
    assert found == zlib.adler32(data), found

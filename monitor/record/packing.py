"""Bytes made small and whole again, alone or by what they share with other bytes (zstd)."""

from __future__ import annotations

import zstandard

LEVEL = 9
"""Half the time of the next levels, which save a few per cent more."""


def pack(content: bytes, base: bytes = b"") -> bytes:
    """Compress bytes; what they share with `base` costs next to nothing."""
    if not base:
        return zstandard.ZstdCompressor(level=LEVEL).compress(content)
    # The window has to reach over both, or the far end of the base is out of sight.
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(content), dict_size=len(base), write_dict_id=0
    )
    compressor = zstandard.ZstdCompressor(
        dict_data=_dictionary(base), compression_params=parameters
    )
    return compressor.compress(content)


def unpack(packed: bytes, base: bytes = b"") -> bytes:
    """Return what `pack` was given, from the same base.

    Raises:
        ValueError: these are not packed bytes, or not against this base.

    """
    try:
        if not base:
            return zstandard.ZstdDecompressor().decompress(packed)
        return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(packed)
    except (zstandard.ZstdError, MemoryError) as error:
        # Memory is what a damaged length asks for.
        raise ValueError(str(error)) from error


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)

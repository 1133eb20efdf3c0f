"""The content of events, packed: JSON repeats the same names in each, and packed it takes a third of the room.

The digest in the ledger is of the readable text. The dictionary that packs (zlib's, RFC 1951) is made with the database
and lies in it, so that a file can be read for ever by whatever program, and later ones may choose better words."""

import zlib

# What an event's content is likely to hold, the likeliest last.
DICTIONARY = (
    b'"flags":["no-from","not-mail"]"address":{"as_given":"","city":"","line1":"","line2":"","state":"FL","zip":"'
    b'"candidates":["notes":["machine-made"]"doubts":[{"about":"","doubt":"soft"}],"doubt":"unreadable"}],'
    b'"reason":"it cannot be read","requests":[],"verdict":"ask"}"reason":"an automatic reply","verdict":"ignore"},'
    b'"attachments":[{"name":"","sha256":"","size":,"type":"application/"content_type":"text/html","date":"Sun, Mon, '
    b'Tue, Wed, Thu, Fri, Sat, Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec 2026 -0400","received_by":"'
    b'received-header","return_path":"","reply_to":[{"size":,"to":[{"email":"customerservice@","name":""}]},"authentication":"pass",'
    b'"evidence":[{"quote":"","rule":"en.","where":"subject"},{"quote":"","rule":"es.","where":"text"}],"level":'
    b'"individual","channel":"post","channel":"email","key":"@example.com","keys":[["email","@gmail.com"]],"kind":'
    b'"opt-out","message":,"person":{"email":"","name":""},"position":0}{"message":,"positions":[0],"reason":"'
    b'{"decision":{"reason":"","requests":[{"reason":"","request":{"channel":"email","kind":"opt-out","person":{"email":"'
    b'","name":""}},"verdict":"accept"}],"verdict":"accept"},"keys":[["email",""]],"message":{"message_id":"<@mail>",'
    b'"received":"2026-11-20T:00Z","sender":[{"email":"","name":""}],"subject":"NO E-MAIL"},"origin":{"locator":"",'
    b'"received":"2026-","source":"eml:","stamp":""},"reading":{"language":"en","nature":"personal","reason":"",'
    b'"rules":""},"text":"NO SNAIL MAIL","text_hash":"'
)

_RAW = -15
_CHECK_BYTES = 4


def pack(dictionary: bytes, text: str) -> bytes:
    """The packed form of a text."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _RAW, 8, zlib.Z_DEFAULT_STRATEGY, dictionary)
    packed = packer.compress(text.encode()) + packer.flush()
    return packed + _check(packed)


def _check(packed: bytes) -> bytes:
    # Its last byte may have bits that mean nothing: a change of these, too, must show.
    return zlib.crc32(packed).to_bytes(_CHECK_BYTES, "big")


def unpack(dictionary: bytes, packed: bytes) -> str:
    """The text; ValueError when a single bit was changed."""
    packed, check = packed[:-_CHECK_BYTES], packed[-_CHECK_BYTES:]
    if _check(packed) != check:
        raise ValueError("it was changed")
    try:
        return zlib.decompressobj(_RAW, dictionary).decompress(packed).decode()
    except zlib.error as error:
        raise ValueError("it is damaged") from error

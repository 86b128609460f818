"""Signs and verifies WebAssembly modules and lists of trusted keys, from Signatures.md and docs/signatures.md alone.

An implementation apart from the host's: its own reader of sections, and Ed25519 of Debian's python3-cryptography.

  sign MODULE OUTPUT LAYOUT SEED...   sign with keys from seeds in hex; LAYOUT is document or wasmsign2
  verify MODULE KEY                   ok if the key (base64) signed the whole module
  sign-list VERSION SEED KEYS         print a signed list; KEYS is JSON
  verify-list FILE                    ok if the list is signed by the root key that it names
"""

import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PREAMBLE = b"\0asm\x01\0\0\0"
DOMAIN = b"wasmsig\x01\x01\x01"


class Bad(Exception):
    pass


def leb(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def read_leb(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 28:
            raise Bad("number")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def sections(module):
    if module[:8] != PREAMBLE:
        raise Bad("preamble")
    at = 8
    while at < len(module):
        start = at
        identifier = module[at]
        size, at = read_leb(module, at + 1)
        if at + size > len(module):
            raise Bad("section size")
        name = content = None
        if identifier == 0:
            length, name_at = read_leb(module, at)
            if name_at + length > at + size:
                raise Bad("name")
            name, content = module[name_at : name_at + length], module[name_at + length : at + size]
        at += size
        yield name, content, start, at


def raw(key):
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(module, layout, seeds):
    rest = b"".join(module[start:end] for name, _, start, end in sections(module) if name != b"signature")
    digest = hashlib.sha256(rest).digest()
    records = []
    for seed in seeds:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        identifier = hashlib.sha256(raw(key.public_key())).digest()[:8]
        signature = key.sign(DOMAIN + digest)
        records.append(leb(len(identifier)) + identifier + b"\x01" + leb(len(signature)) + signature)
    if layout == "wasmsign2":
        records = [leb(len(record)) + record for record in records]
    hashes = leb(1) + digest + leb(len(records)) + b"".join(records)
    if layout == "wasmsign2":
        hashes = leb(len(hashes)) + hashes
    content = leb(9) + b"signature" + b"\x01\x01\x01" + leb(1) + hashes
    return PREAMBLE + b"\0" + leb(len(content)) + content + rest


def verify(module, public):
    found = list(sections(module))
    if not found or found[0][0] != b"signature":
        raise Bad("not signed")
    if any(name in (b"signature", b"signature_delimiter") for name, *_ in found[1:]):
        raise Bad("parts")
    data = found[0][1]
    if data[:4] != b"\x01\x01\x01\x01":
        raise Bad("header")
    count, at = read_leb(data, 4)
    if count != 1:
        raise Bad("hashes")
    digest, at = data[at : at + 32], at + 32
    count, at = read_leb(data, at)
    valid = False
    for _ in range(count):
        length, at = read_leb(data, at)
        at += length
        if data[at] != 1:
            raise Bad("algorithm")
        length, at = read_leb(data, at + 1)
        signature, at = data[at : at + length], at + length
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, DOMAIN + digest)
            valid = True
        except InvalidSignature:
            pass
    if at != len(data):
        raise Bad("bytes behind the last signature")
    if not valid:
        raise Bad("no signature by the key")
    if hashlib.sha256(module[found[0][3] :]).digest() != digest:
        raise Bad("hash")


def key_text(key):
    return "ed25519:" + base64.b64encode(raw(key)).decode()


def list_message(version, keys):
    members = []
    for key in keys:
        member = {"key": key["key"], "modules": key["modules"]}
        if "comment" in key:
            member["comment"] = key["comment"]
        members.append(member)
    compact = json.dumps({"version": version, "keys": members}, separators=(",", ":"))
    return b"gatehouse-trust 1\n" + compact.encode("ascii")


def sign_list(version, seed, keys):
    root = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    signature = base64.b64encode(root.sign(list_message(version, keys))).decode()
    return {"signature": signature, "rootKey": key_text(root.public_key()), "keys": keys, "version": version}


def verify_list(value):
    public = base64.b64decode(value["rootKey"].removeprefix("ed25519:"))
    message = list_message(value["version"], value["keys"])
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(value["signature"]), message)
    except InvalidSignature:
        raise Bad("signature of the list") from None


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(command, *arguments):
    if command == "sign":
        source, target, layout, *seeds = arguments
        with open(target, "wb") as file:
            file.write(sign(read(source), layout, seeds))
    elif command == "verify":
        verify(read(arguments[0]), base64.b64decode(arguments[1]))
    elif command == "sign-list":
        print(json.dumps(sign_list(int(arguments[0]), arguments[1], json.loads(arguments[2]))))
    elif command == "verify-list":
        verify_list(json.loads(read(arguments[0])))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Bad, IndexError, ValueError) as error:
        raise SystemExit(f"refused: {error}") from None

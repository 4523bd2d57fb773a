"""AES-256-GCM with data keys wrapped by master keys (NIST SP 800-38D; 96-bit random nonces)."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

Sealed: TypeAlias = "bytes | memoryview[int]"  # as drivers hand out binary columns
NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionFailed(Exception):
    """Wrong key, or the ciphertext or its context was changed. Never answered with ciphertext or empty."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One of DATA_KEYS; `name` is a short fingerprint that is stored beside what it wrapped."""

    name: str
    secret: bytes


def parse_master_keys(keys: list[str]) -> list[MasterKey]:
    """Decode base64 keys of 32 bytes; ValueError says which one is wrong, not what it is."""
    found = []
    for position, text in enumerate(keys, 1):
        try:
            secret = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError as error:
            raise ValueError(f"key {position} is not base64") from error
        if len(secret) != KEY_BYTES:
            raise ValueError(f"key {position} has {len(secret)} bytes instead of {KEY_BYTES}")
        found.append(MasterKey(hashlib.sha256(b"beckon master key" + secret).hexdigest()[:16], secret))
    return found


def master_keys() -> list[MasterKey]:
    """The configured keys: the first encrypts, all decrypt."""
    keys: list[MasterKey] = settings.MASTER_KEYS
    return keys


def new_key() -> bytes:
    """A random 256-bit data key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """nonce ‖ ciphertext ‖ tag, bound to `context` as associated data."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def unseal(key: bytes, sealed: Sealed, context: str) -> bytes:
    """The plaintext; raises DecryptionFailed on a wrong key, context or a changed byte."""
    try:
        return AESGCM(key).decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), context.encode())
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed(context) from error


def wrap(data_key: bytes, context: str) -> tuple[str, bytes]:
    """(name of the master key, wrapped data key) under the first master key."""
    master = master_keys()[0]
    return master.name, seal(master.secret, data_key, f"wrap|{context}")


def unwrap(master_name: str, wrapped: Sealed, context: str) -> bytes:
    """The data key; raises DecryptionFailed when the master key is not configured or does not fit."""
    for master in master_keys():
        if master.name == master_name:
            return unseal(master.secret, wrapped, f"wrap|{context}")
    raise DecryptionFailed(f"master key {master_name} is not configured")


def seal_shared(plaintext: bytes, context: str) -> bytes:
    """Seal what belongs to no owner (replayed answers) under the first master key, named in front."""
    master = master_keys()[0]
    return master.name.encode() + seal(master.secret, plaintext, f"shared|{context}")


def unseal_shared(sealed: Sealed, context: str) -> bytes:
    """The opposite of seal_shared; raises DecryptionFailed."""
    name, body = bytes(sealed[:16]).decode(errors="replace"), sealed[16:]
    for master in master_keys():
        if master.name == name:
            return unseal(master.secret, body, f"shared|{context}")
    raise DecryptionFailed(f"master key {name} is not configured")

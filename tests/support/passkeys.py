"""A passkey in software: it answers what a page asks of a browser, as `navigator.credentials` would."""

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAGS = AuthenticatorData.FLAG


class SoftPasskey:
    """One key for one site; `origin` is where the browser is that asks it."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin, self.rp_id = origin, origin.split("//")[1].split(":")[0]
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(16)

    def create(self, options: dict[str, Any]) -> str:
        """Return the browser's answer to the options of a new passkey, as the page posts it."""
        make: Any = ES256.from_cryptography_key
        public = make(self.key.public_key())
        attested = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        flags = FLAGS.UP | FLAGS.UV | FLAGS.AT
        data = AuthenticatorData.create(sha256(self.rp_id.encode()), flags, 0, attested)
        return self._answer(
            clientDataJSON=self._collect("webauthn.create", options["publicKey"]["challenge"]),
            attestationObject=bytes(AttestationObject.create("none", data, {})),
        )

    def get(self, options: dict[str, Any]) -> str:
        """Return the browser's answer to the options of a sign-in, as the page posts it."""
        data = AuthenticatorData.create(sha256(self.rp_id.encode()), FLAGS.UP | FLAGS.UV, 1)
        client = self._collect("webauthn.get", options["publicKey"]["challenge"])
        signature = self.key.sign(bytes(data) + sha256(client), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=bytes(data), signature=signature)

    def _collect(self, kind: str, challenge: str) -> bytes:
        return bytes(CollectedClientData.create(kind, challenge, self.origin))

    def _answer(self, **response: bytes) -> str:
        name = websafe_encode(self.credential_id)
        parts = {part: websafe_encode(value) for part, value in response.items()}
        answer = {"id": name, "rawId": name, "type": "public-key", "response": parts, "clientExtensionResults": {}}
        return json.dumps({**answer, "authenticatorAttachment": "platform"})

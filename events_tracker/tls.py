"""What a failed TLS handshake says of the other side, in the same words on every channel."""

import ssl

_NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"}
"""OpenSSL's reasons where what came back was not TLS at all."""


def failure(error: ssl.SSLError, port: int, rather: str) -> str:
    """Say what failed; ``rather`` is what to write where the port does not speak TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "has no valid certificate for its name"
    if error.reason in _NO_TLS:
        return f"speaks no TLS on port {port}: {rather}"
    return "broke off the TLS handshake"

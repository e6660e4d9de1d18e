"""A mail server for tests: takes mails on a free port, with or without encryption and login."""

from __future__ import annotations

import base64
import contextlib
import datetime
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class MailServer(socketserver.ThreadingTCPServer):
    """What it was sent is in ``taken``; addresses in ``refused`` are not taken."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None, account: tuple[str, str] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.tls = tls
        self.account = account
        self.taken: list[EmailMessage] = []
        self.refused: set[str] = set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._say("220 test")
            while line := self.rfile.readline():
                if not self._answer(line.decode("utf-8").strip()):
                    return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _answer(self, line: str) -> bool:
        verb = line[:4].upper()
        if verb == "EHLO":
            is_plain = self.server.tls is not None and not isinstance(
                self.connection, ssl.SSLSocket
            )
            self._say("250-test\r\n" + ("250 STARTTLS" if is_plain else "250 AUTH PLAIN"))
        elif verb == "STAR":
            self._say("220 go on")
            assert self.server.tls is not None
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        elif verb == "AUTH":
            said = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
            self._say("235 yes" if tuple(said) == self.server.account else "535 no")
        elif verb == "RCPT":
            address = line.partition("<")[2].rstrip(">")
            self._say("550 nobody" if address in self.server.refused else "250 ok")
        elif verb == "DATA":
            self._say("354 go on")
            lines = iter(self.rfile.readline, b".\r\n")
            text = b"".join(item[1:] if item.startswith(b"..") else item for item in lines)
            mail = message_from_bytes(text, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.server.taken.append(mail)
            self._say("250 taken")
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
        self.wfile.flush()


@contextlib.contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, account: tuple[str, str] | None = None
) -> Iterator[MailServer]:
    """Run one until the block ends."""
    server = MailServer(tls, account)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that trusts itself, as a file, and a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context

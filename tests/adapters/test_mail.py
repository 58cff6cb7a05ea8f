"""Mail to a real server, with TLS, passwords and faults; and into the folder that is used without one."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from therapytrack.adapters.mail import NotSent, SmtpMailer, get_mailer
from therapytrack.settings import get_settings, parse_smtp_url

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server warns of its own test settings
SENDER, TO = "TherapyTrack <track@school.org>", "new@school.org"
LINK = "https://therapy.example.org/invite/" + "x" * 43
TEXT = f"Margaret Núñez invites you.\n\n{LINK}\n"
USER, PASSWORD = "track@school.org", "p:a/s@s word"
IN_URL = "track%40school.org:p%3Aa%2Fs%40s%20word"


class Postbox:
    """Keeps what the server took; refuses the addresses in `refused`."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.logins: list[bytes] = []
        self.encrypted: list[bool] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        """Let the one user in."""
        assert isinstance(login, LoginPassword)
        self.logins.append(login.login)
        fits = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=False)

    def message(self) -> Any:
        """The one message that came."""
        (envelope,) = self.envelopes
        return message_from_bytes(envelope.content, policy=policy.default)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, for localhost."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now, names = datetime.now(UTC), [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def box() -> Postbox:
    return Postbox()


class Server:
    """A running mail server: "starttls", "smtps" or "clear"."""

    def __init__(self, box: Postbox, kind: str, certificate: Path) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        more: dict[str, Any] = {}
        if kind == "starttls":
            more = {"tls_context": context, "require_starttls": True}
        if kind != "clear":
            more |= {"authenticator": box.check, "auth_required": True, "auth_require_tls": kind == "starttls"}
        self.running = Controller(
            box, hostname="127.0.0.1", port=free_port(), ssl_context=context if kind == "smtps" else None, **more
        )

    @property
    def port(self) -> int:
        return int(self.running.port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(request: pytest.FixtureRequest, box: Postbox, certificate: Path) -> Iterator[Server]:
    made = Server(box, request.param, certificate)
    made.running.start()
    yield made
    made.running.stop()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the server's certificate, as an operator would have it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("THERAPYTRACK_SMTP_URL", url)
    monkeypatch.setenv("THERAPYTRACK_MAIL_FROM", SENDER)
    get_settings.cache_clear()


def refused() -> str:
    """Why the message did not go out."""
    with pytest.raises(NotSent) as error:
        get_mailer().send(TO, "Hello", TEXT)
    assert TO not in str(error.value)
    assert PASSWORD not in str(error.value)
    return error.value.why


@pytest.mark.parametrize(("server", "scheme"), [("starttls", "smtp"), ("smtps", "smtps")], indirect=["server"])
def test_a_letter_goes_out_encrypted_with_the_password_that_is_set(
    server: Server, scheme: str, box: Postbox, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"{scheme}://{IN_URL}@localhost:{server.port}")
    get_mailer().send(TO, "Núñez invites\nyou", TEXT)
    assert box.encrypted == [True]
    assert box.logins == [USER.encode()]
    assert (box.message()["To"], box.message()["From"]) == (TO, SENDER)
    assert box.message()["Subject"] == "Núñez invites you"
    assert LINK.encode() in box.envelopes[0].content
    assert box.message()["Message-ID"].endswith("@school.org>")
    assert box.message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("server", ["starttls"], indirect=True)
def test_a_wrong_password_is_said_without_quoting_it(
    server: Server, box: Postbox, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"smtp://track%40school.org:wrong@localhost:{server.port}")
    assert "password" in refused()
    assert box.envelopes == []


@pytest.mark.parametrize(("server", "scheme"), [("starttls", "smtp"), ("smtps", "smtps")], indirect=["server"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    server: Server, scheme: str, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"{scheme}://{IN_URL}@localhost:{server.port}")
    assert "encrypted" in refused()
    assert (box.logins, box.envelopes) == ([], [])


@pytest.mark.parametrize("server", ["clear"], indirect=True)
def test_a_server_without_encryption_gets_nothing_unless_it_is_on_this_machine_and_allowed(
    server: Server, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"smtp://localhost:{server.port}")
    assert "encrypted" in refused()
    assert box.envelopes == []
    use(monkeypatch, f"smtp://localhost:{server.port}?starttls=off")
    get_mailer().send(TO, "Hello", TEXT)
    assert box.encrypted == [False]


@pytest.mark.parametrize("server", ["clear"], indirect=True)
def test_an_address_that_the_server_refuses_is_said(
    server: Server, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.refused.add(TO)
    use(monkeypatch, f"smtp://localhost:{server.port}?starttls=off")
    assert refused() == "the mail server refused the address"


def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, f"smtps://localhost:{free_port()}")
    assert refused() == "the mail server could not be reached"


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = parse_smtp_url(f"smtp://localhost:{silent.getsockname()[1]}?starttls=off")
        with pytest.raises(NotSent, match="in time"):
            SmtpMailer(server, SENDER, patience=0.2).send(TO, "Hello", TEXT)


@pytest.mark.parametrize(
    "url",
    [
        "mail.school.org",
        "http://mail.school.org",
        "smtp://",
        "smtp://host:port",
        "smtp://[host",
        f"smtp://{IN_URL}@far.org?starttls=off",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_smtp_url(url)
    assert "far.org" not in str(refused.value)
    assert "host:port" not in str(refused.value)


def test_the_password_does_not_stand_in_the_servers_description() -> None:
    server = parse_smtp_url(f"smtps://{IN_URL}@mail.school.org")
    assert (server.user, server.password, server.port) == (USER, PASSWORD, 465)
    assert PASSWORD not in repr(server)


def test_without_a_server_letters_are_kept_in_the_outbox_with_their_links_whole() -> None:
    get_mailer().send(TO, "Hello", TEXT)
    (file,) = (get_settings().data_dir / "outbox").glob("*.eml")
    assert LINK in file.read_text()
    assert TO not in file.name


def test_an_outbox_that_takes_no_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = get_settings().data_dir
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    assert "outbox" in refused()

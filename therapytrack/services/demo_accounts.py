"""The demo's people: one of each role and a stranger from another workspace; read by the sign-in page and the CLI."""

from dataclasses import dataclass

DEMO_PASSWORD = "copper lantern meadow 47"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Name, address and line of work of one demo person."""

    name: str
    email: str
    title: str


DEMO_ACCOUNTS = {
    "owner": DemoAccount("Margaret Ellis", "owner@demo.therapytrack.org", "Owner"),
    "supervisor": DemoAccount("Ines Calloway", "supervisor@demo.therapytrack.org", "Supervisor"),
    "clinician": DemoAccount("Rosa Alvarez", "clinician@demo.therapytrack.org", "Clinician"),
    "assistant": DemoAccount("Daniel Osei", "assistant@demo.therapytrack.org", "Assistant"),
    "reader": DemoAccount("Priscilla Wong", "reader@demo.therapytrack.org", "Reader"),
    "outsider": DemoAccount("Harold Finch", "outsider@demo.therapytrack.org", "Outsider"),
}

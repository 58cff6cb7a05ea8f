"""E-mail addresses in the one form in which they are stored and compared."""

from email_validator import EmailNotValidError, validate_email


def normal_email(text: str) -> str:
    """The address in the one form in which it is stored and compared, or '' when it is none."""
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return ""


def mailbox(address: str) -> str:
    """The mailbox that a normal address most likely leads to: without a tag after "+" (RFC 5233, subaddressing)."""
    name, _, domain = address.rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"

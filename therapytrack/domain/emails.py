"""E-mail addresses in the one form in which they are stored and compared."""

from email_validator import EmailNotValidError, validate_email


def normal_email(text: str) -> str:
    """The address in the one form in which it is stored and compared, or '' when it is none."""
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return ""

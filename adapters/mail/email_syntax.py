"""E-mail syntax by the email-validator library."""

from email_validator import EmailNotValidError, validate_email


class EmailSyntax:
    def is_email(self, text: str) -> bool:
        """Domains for documentation and tests (example.com, .test, .local) are syntax like any other."""
        try:
            validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            return False
        return True

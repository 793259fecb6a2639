"""The GS1 check digit, which ends every GTIN and SSCC.

Source: GS1 General Specifications, section 7.9. From the right, digits weigh 3 and 1 in turn;
the check digit brings the weighted sum to a multiple of ten. It finds every single wrong digit,
and every swap of neighbours except where they differ by five.
"""

from __future__ import annotations


def is_digits(text: str) -> bool:
    """Whether the text is one or more of the digits 0 to 9, and nothing else.

    >>> is_digits("0123"), is_digits(""), is_digits("١٢٣")
    (True, False, False)
    """
    return text.isascii() and text.isdigit()


def check_digit(payload: str) -> str:
    """The check digit that belongs behind these digits, as text. Linear in their number.

    >>> check_digit("950600013435")
    '2'

    Raises:
        ValueError: the payload is empty or has anything but the digits 0 to 9.
    """
    if not is_digits(payload):
        raise ValueError(f"A check digit is computed over digits, not over {payload[:60]!r}.")
    weighted = sum(
        int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(payload))
    )
    return str(-weighted % 10)


def has_valid_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it. False for any other text.

    >>> has_valid_check_digit("9506000134352"), has_valid_check_digit("9506000134353")
    (True, False)
    """
    return len(digits) > 1 and is_digits(digits) and check_digit(digits[:-1]) == digits[-1]

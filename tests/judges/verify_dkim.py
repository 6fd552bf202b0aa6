"""Verifies the signature of a mail as dkimpy does, with the DNS record that it is given, and prints one word for each try.

    verify_dkim.py FILE.eml RECORD.txt

RECORD.txt holds the record's name, a line end, and its text. Printed: whether the mail verifies, whether it still does with a second From in
front, with another List-Unsubscribe, and with a word added to it.
"""

import sys

import dkim

raw = open(sys.argv[1], "rb").read()
name, text = open(sys.argv[2]).read().split("\n", 1)


def dns(asked, timeout=5):
    return text.strip().encode() if asked.decode().rstrip(".") == name else None


def good(mail):
    try:
        return dkim.verify(mail, dnsfunc=dns)
    except dkim.DKIMException:
        return False


head, body = raw.split(b"\r\n\r\n", 1)
tries = [raw, b"From: Mallory <m@evil.example>\r\n" + raw, raw + b"And more.\r\n"]
if b"\r\nList-Unsubscribe: <" in head:
    tries.append(raw.replace(b"\r\nList-Unsubscribe: <", b"\r\nList-Unsubscribe: <https://evil.example/?", 1))
print(" ".join("good" if good(mail) else "bad" for mail in tries))

"""Reads a mail as Python's own email package understands it and prints what it found as JSON.

    read_mail.py FILE.eml

{"headers": [[name, value], …], "defects": […], "parts": [{"type", "charset", "method", "name", "disposition", "encoding", "depth", "text", "sha256"}, …]}
"""

import email
import email.policy
import hashlib
import json
import sys


def parts(message, depth=0):
    body = message.get_payload(decode=True) if not message.is_multipart() else b""
    yield {
        "type": message.get_content_type(),
        "charset": message.get_content_charset(),
        "method": message.get_param("method"),
        "name": message.get_filename() or message.get_param("name"),
        "disposition": message.get_content_disposition(),
        "encoding": str(message.get("content-transfer-encoding", "")).lower(),
        "depth": depth,
        "text": body.decode("utf-8", "replace"),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    if message.is_multipart():
        for part in message.get_payload():
            yield from parts(part, depth + 1)


def defects(message):
    yield from (type(d).__name__ for d in message.defects)
    for name, value in message.items():
        yield from (f"{name}: {type(d).__name__}" for d in getattr(value, "defects", []))
    if message.is_multipart():
        for part in message.get_payload():
            yield from defects(part)


raw = open(sys.argv[1], "rb").read()
message = email.message_from_bytes(raw, policy=email.policy.default)
longest = max(len(line) for line in raw.split(b"\r\n"))
bare = raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r")
print(
    json.dumps(
        {
            "headers": [[name, str(value)] for name, value in message.items()],
            "defects": list(defects(message)),
            "longest_line": longest,
            "bare_line_ends": bare,
            "parts": list(parts(message)),
        }
    )
)

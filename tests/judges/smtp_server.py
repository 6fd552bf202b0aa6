"""An SMTP server: aiosmtpd in a process of its own, which keeps every mail it takes and misbehaves for some recipients.

    smtp_server.py FOLDER PORT   serves 127.0.0.1 until it is ended; with port 0 on a free one; prints "listening on PORT"

A mail is kept as FOLDER/000001.eml (its bytes) and FOLDER/000001.json ({"from", "to", "eml", "dropped"}). By the recipient's name:
    later-N@…   the first N attempts get 451, the next one is taken
    gone@…      550, for ever
    drop-N@…    the first N times the connection is closed after the final dot, unanswered; the mail was taken all the same
"""

import asyncio
import collections
import json
import pathlib
import re
import sys

from aiosmtpd.smtp import SMTP


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.seen = collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such person"
        if later := re.match(r"later-(\d+)@", address):
            self.seen[address] += 1
            if self.seen[address] <= int(later[1]):
                return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = f"{self.count:06}"
        address = envelope.rcpt_tos[0]
        drop = re.match(r"drop-(\d+)@", address)
        if drop:
            self.seen[address] += 1
        dropped = bool(drop) and self.seen[address] <= int(drop[1])
        (self.folder / f"{name}.eml").write_bytes(envelope.original_content)
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "eml": str(self.folder / f"{name}.eml"),
            "dropped": dropped,
        }
        # The JSON appears whole: a test may be reading the folder now.
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps(facts))
        part.rename(self.folder / f"{name}.json")
        if dropped:
            server.transport.abort()
        return "250 OK"


async def main(folder, port):
    keeper = Keeper(pathlib.Path(folder))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeper, hostname="mx.example", loop=loop), "127.0.0.1", port)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""Python's websockets: every message comes back, for every way in which it can ask for compression. PYTHONPATH says where it is.
`python3 websockets_client.py ws://HOST:PORT` prints how many bytes it said."""
import sys

from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.sync.client import connect

OFFERS = [
    ({}, "permessage-deflate"),
    ({"server_no_context_takeover": True}, "server_no_context_takeover"),
    ({"client_no_context_takeover": True}, "client_no_context_takeover"),
]
for bits in range(9, 16):
    OFFERS.append(({"server_max_window_bits": bits}, f"server_max_window_bits={bits}"))
    OFFERS.append(({"client_max_window_bits": bits}, "permessage-deflate"))
LENGTHS = [0, 1, 125, 126, 1000, 65_535, 65_536, 300_000]
MESSAGES = [text for n in LENGTHS for text in ("x" * n, "聊天室里的话" * (n // 18), bytes(n))]

for offer, expected in OFFERS:
    with connect(sys.argv[1], extensions=[ClientPerMessageDeflateFactory(**offer)], compression=None) as connection:
        answer = connection.response.headers["Sec-WebSocket-Extensions"]
        assert answer.startswith("permessage-deflate") and expected in answer, (offer, answer)
        for message in MESSAGES:
            connection.send(message)
            assert connection.recv(timeout=60) == message, f"{len(message)} came back as something else"

said = sum(len(text.encode() if isinstance(text, str) else text) for text in MESSAGES)
print(said * len(OFFERS))

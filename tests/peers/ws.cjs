// Node's ws: every message comes back, for every way in which it can ask for compression. NODE_PATH says where it is.
// `node ws.cjs ws://HOST:PORT` prints how many bytes it said.
const assert = require('node:assert')
const { once } = require('node:events')
const { WebSocket } = require('ws')

const offers = [
    [{}, /^permessage-deflate/],
    [{ serverNoContextTakeover: true }, /; ?server_no_context_takeover/],
    [{ clientNoContextTakeover: true }, /; ?client_no_context_takeover/],
    [{ serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
        /; ?server_max_window_bits=9/],
]
for (let bits = 9; bits <= 15; bits += 1) {
    offers.push([{ serverMaxWindowBits: bits }, new RegExp(`; ?server_max_window_bits=${bits}`)])
    offers.push([{ clientMaxWindowBits: bits }, /^permessage-deflate/])
}
const lengths = [0, 1, 125, 126, 1000, 65_535, 65_536, 300_000]
const messages = lengths.flatMap((length) => ['x'.repeat(length), '聊天室里的话'.repeat(length / 18)])

async function converse(url, offer, expected) {
    const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0, ...offer } })
    // Both come in one go, so both are waited for before either has come.
    const [[answer]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])
    assert.match(answer.headers['sec-websocket-extensions'], expected)
    assert.strictEqual(socket.extensions, 'permessage-deflate')
    for (const message of messages) {
        socket.send(message)
        const [heard] = await once(socket, 'message')
        assert.ok(String(heard) === message, `${message.length} characters came back as ${heard.length} bytes`)
    }
    socket.close(1000)
    const [code] = await once(socket, 'close')
    assert.strictEqual(code, 1000)
}

async function main() {
    const patience = setTimeout(() => assert.fail('waited in vain'), 120_000)
    for (const [offer, expected] of offers) await converse(process.argv[2], offer, expected)
    const said = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0)
    console.log(said * offers.length)
    clearTimeout(patience)
}
main()

// Signal's own client library, connecting through a proxy. Exits with 0 only if everything worked.
// SSL_CERT_FILE names the root that the proxy's certificate chains to.
//
// usage: node driver.mjs chat PROXY-HOST PROXY-PORT CHAT-PORT ROOT.der 1|2 CONNECTIONS BODY-BYTES
//        node driver.mjs production PROXY-HOST PROXY-PORT

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Net } from '@signalapp/libsignal-client';

const [mode, host, port, ...rest] = process.argv.slice(2);
const userAgent = 'heliograph-end-to-end-test';
const listener = { onConnectionInterrupted: (cause) => cause && console.log(`interrupted: ${cause}`) };
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function converse(net, number, bodyBytes) {
  const chat = await net.connectUnauthenticatedChat(listener);
  for (const length of [0, 1, 200, bodyBytes]) {
    const body = randomBytes(length);
    const response = await chat.fetch({
      verb: 'PUT', path: `/v1/echo/${number}`, headers: [['content-type', 'application/octet-stream']], body, timeoutMillis: 30000,
    });
    if (response.status !== 200) throw new Error(`connection ${number}: status ${response.status}`);
    if (sha256(response.body ?? new Uint8Array()) !== sha256(body)) {
      throw new Error(`connection ${number}: ${length} bytes came back changed`);
    }
  }
  return chat;
}

async function chat([chatPort, root, httpVersion, connections, bodyBytes]) {
  const unused = 1;
  const net = new Net.Net({
    localTestServer: true, userAgent,
    TESTING_localServer_chatPort: Number(chatPort), TESTING_localServer_cdsiPort: unused,
    TESTING_localServer_svr2Port: unused, TESTING_localServer_svrBPort: unused,
    TESTING_localServer_rootCertificateDer: readFileSync(root), TESTING_localServer_httpVersion: Number(httpVersion),
  });
  net.setProxy(host, Number(port));
  const numbers = Array.from({ length: Number(connections) }, (_, number) => number);
  const chats = await Promise.all(numbers.map((number) => converse(net, number, Number(bodyBytes))));
  console.log(`${chats.length} concurrent connections, ${4 * chats.length} requests answered`);
  await Promise.all(chats.map((each) => each.disconnect()));
}

async function production() {
  const net = new Net.Net({ env: Net.Environment.Production, userAgent });
  net.setProxy(host, Number(port));
  // The stand-in is not Signal, whose root the library pins, so this cannot succeed; the test examines the hello that came through.
  await net.connectUnauthenticatedChat(listener).then(
    () => { throw new Error('a connection to a stand-in passed for Signal'); },
    (error) => console.log(`refused as expected: ${error.name}`));
}

try {
  await (mode === 'production' ? production() : chat(rest));
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}

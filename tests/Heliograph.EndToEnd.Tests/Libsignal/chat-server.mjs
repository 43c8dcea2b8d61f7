// A stand-in for Signal's chat server: WebSocket over HTTP/1.1, or over HTTP/2 (RFC 8441), that answers each request
// with its own body. Prints "port N" when it serves and a line for every request.
//
// usage: node chat-server.mjs CHAIN.pem KEY.pem 1|2

import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { Receiver, Sender, WebSocketServer } from 'ws';
import { decodeRequest, encodeResponse } from './messages.mjs';

const [chain, key, httpVersion] = process.argv.slice(2);
const credentials = { cert: readFileSync(chain), key: readFileSync(key) };
const longestMessage = 8 * 1024 * 1024;

function answer(message) {
  const request = decodeRequest(message);
  console.log(`request ${request.verb} ${request.path} ${request.body.length}`);
  return encodeResponse({ id: request.id, status: 200, message: 'OK', body: request.body });
}

function overHttp1() {
  const server = https.createServer(credentials);
  const sockets = new WebSocketServer({ server, maxPayload: longestMessage });
  sockets.on('connection', (socket) => {
    console.log('connection over HTTP/1.1');
    socket.on('message', (message) => socket.send(answer(message)));
    socket.on('error', (error) => console.log(`error ${error.message}`));
  });
  return server;
}

function overHttp2() {
  const server = http2.createSecureServer({ ...credentials, settings: { enableConnectProtocol: true } });
  server.on('stream', (stream, headers) => {
    if (headers[':method'] !== 'CONNECT' || headers[':protocol'] !== 'websocket') {
      stream.respond({ ':status': 404 }, { endStream: true });
      return;
    }
    console.log('connection over HTTP/2');
    stream.respond({ ':status': 200 });
    const receiver = new Receiver({ isServer: true, maxPayload: longestMessage });
    const sender = new Sender(stream);
    receiver.on('message', (message) => sender.send(answer(message), { binary: true, fin: true, mask: false }));
    receiver.on('ping', (data) => sender.pong(data, false));
    receiver.on('conclude', () => sender.close(1000, '', false, () => stream.end()));
    receiver.on('error', (error) => stream.destroy(error));
    stream.on('error', (error) => console.log(`error ${error.message}`));
    stream.pipe(receiver);
  });
  return server;
}

const server = httpVersion === '2' ? overHttp2() : overHttp1();
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));

// The two messages of Signal's WebSocket protocol that the stand-in needs (libsignal, rust/net/chat/src/proto/chat_websocket.proto).
//   WebSocketMessage         { type = 1; request = 2; response = 3 }
//   WebSocketRequestMessage  { verb = 1; path = 2; body = 3; id = 4; headers = 5 }
//   WebSocketResponseMessage { id = 1; status = 2; message = 3; body = 4 }

const lengthDelimited = 2;

export function decodeRequest(message) {
  const fields = decode(decode(message).get(2));
  return { verb: fields.get(1).toString(), path: fields.get(2).toString(), body: fields.get(3) ?? Buffer.alloc(0), id: fields.get(4) };
}

export function encodeResponse({ id, status, message, body }) {
  const response = Buffer.concat([
    varintField(1, id), varintField(2, BigInt(status)), bytesField(3, Buffer.from(message)), bytesField(4, body),
  ]);
  return Buffer.concat([varintField(1, 2n), bytesField(3, response)]);
}

function decode(bytes) {
  const fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const value = varint();
    if ((tag & 7) === lengthDelimited) {
      fields.set(tag >> 3, bytes.subarray(at, at + Number(value)));
      at += Number(value);
    } else {
      fields.set(tag >> 3, value);
    }
  }
  return fields;
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  bytes.push(Number(value));
  return Buffer.from(bytes);
}

function varintField(number, value) {
  return Buffer.concat([varint(BigInt(number << 3)), varint(value)]);
}

function bytesField(number, value) {
  return Buffer.concat([varint(BigInt((number << 3) | lengthDelimited)), varint(BigInt(value.length)), value]);
}

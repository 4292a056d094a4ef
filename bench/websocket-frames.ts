// What a client of a WebSocket server sends: its handshake, and text messages.

export function handshakeOf(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
}

/** A message in its frame; a WebSocket API finds its route by the action. */
export function maskedText(length: number): string {
  const key = [0x37, 0xfa, 0x21, 0x3d];
  const around = ['{"action":"echo","statusCode":200,"text":"', '"}'] as const;
  const text = around.join('x'.repeat(length - around.join('').length));
  const payload = Array.from(text, (character, i) => String.fromCharCode(character.charCodeAt(0) ^ (key[i % 4] as number))).join(
    '',
  );
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  return String.fromCharCode(...head, ...key) + payload;
}

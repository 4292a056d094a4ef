// The one choke point for outgoing header fields: whatever comes from a function, a template, a mapping or an upstream
// passes here before it reaches a socket.

import { isFramingName } from './field-name.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Header lines in wire form, ready to be written with one concatenation. */
export class HeaderBlock {
  /** `Name: value\r\n` lines, latin1. */
  text = '';

  /**
   * Appends a field. False, and nothing appended, when the name is no token or the value holds CR, LF, NUL or another control.
   * Fields that delimit the message or belong to one connection (Content-Length, Transfer-Encoding, Connection, …) are
   * left out without complaint: only the core writes those, so nobody's data can shift a message boundary.
   */
  add(name: string, value: string): boolean {
    if (!TOKEN.test(name)) return false;
    const safe = wireValue(value);
    if (safe === undefined) return false;
    if (!isFramingName(name)) this.text += `${name}: ${safe}\r\n`;
    return true;
  }

  /** Appends lines that were checked when they were received or compiled. Never give it anything else. */
  addTrusted(lines: string): void {
    this.text += lines;
  }
}

/** The value as latin1 wire text (characters above U+00FF become their UTF-8 bytes), or undefined when it must not be sent. */
function wireValue(value: string): string | undefined {
  let wide = false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return undefined;
    if (code > 0xff) wide = true;
  }
  return wide ? Buffer.from(value, 'utf8').toString('latin1') : value;
}

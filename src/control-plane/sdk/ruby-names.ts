// Names and strings of Ruby.

import { FreeNames } from './free-names.ts';
import { snakeName, upperFirst } from './identifiers.ts';

/** What objects of Ruby answer to, and what they are asked for unseen. */
const OBJECT =
  'class clone define_singleton_method display dup enum_for eql extend freeze hash initialize initialize_clone initialize_copy ' +
  'initialize_dup inspect instance_eval instance_exec instance_variable_get instance_variable_set instance_variables itself ' +
  'marshal_dump marshal_load method method_missing methods object_id private_methods protected_methods public_method public_methods ' +
  'public_send remove_instance_variable respond_to_missing send singleton_class singleton_method singleton_methods taint tap then to_a ' +
  'to_ary to_enum to_h to_hash to_json to_proc to_s to_str trust untaint untrust yield_self';

/** Names of methods in one class, of whatever the API calls things: `X-Kind` -> `x_kind`, `class` -> `_class`. */
export class RubyMethodNames {
  readonly #names = new FreeNames();
  readonly #reserved: ReadonlySet<string>;

  /** `own`: what the class has already. */
  constructor(own = '') {
    this.#reserved = new Set(`${OBJECT} ${own}`.split(' '));
  }

  take(text: string): string {
    const name = snakeName(text);
    return this.#names.take(this.#reserved.has(name) ? `_${name}` : name);
  }
}

/** A string of Ruby, as its source has it. */
export function rubyText(text: string): string {
  if (/^[ -&(-[\]-~]*$/.test(text)) return `'${text}'`;
  // A `#` may begin code. Half of a surrogate pair is no character of Ruby.
  const escaped = text
    .toWellFormed()
    .replaceAll(/["\\#]/g, '\\$&')
    .replaceAll(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return `"${escaped}"`;
}

/** What Ruby has under its own names; a module of an SDK would change it. */
const RUBY =
  'ARGF ARGV Addrinfo Array Base BasicObject BasicSocket Bignum Binding Bundler Class Comparable Complex ConditionVariable Config Data ' +
  'Date DateTime DidYouMean Digest Dir ENV Encoding Enumerable Enumerator ErrorHighlight Errno Exception Fiber File FileTest Fixnum Float ' +
  'GC Gem Hash IO IPAddr IPSocket Integer Interrupt JSON Kernel Logger Marshal MatchData Math Method Module Monitor MonitorMixin Mutex ' +
  'Net NilClass Numeric Object ObjectSpace OpenSSL OpenStruct Proc Process Queue Ractor Random Range Rational RbConfig Refinement Regexp ' +
  'Ruby RubyVM STDERR STDIN STDOUT Set Signal SizedQueue Socket SortedSet StopIteration String Struct Symbol SyntaxSuggest TCPServer ' +
  'TCPSocket Thread ThreadGroup Time Timeout TracePoint UDPSocket UNIXServer UNIXSocket URI UnboundMethod UnicodeNormalize Warning Zlib ' +
  'FalseClass TrueClass SecureRandom StringIO StringScanner SystemExit';
const RUBY_CONSTANTS: ReadonlySet<string> = new Set(RUBY.split(' '));

/** The module of a service: `petStore` -> `PetStore`. */
export function rubyModule(service: string): string {
  return upperFirst(service);
}

/**
 * Whether it names a module of one's own.
 * AWS: letters alone. Seen: developer guide, "Generate the Ruby SDK of an API in API Gateway".
 */
export function isRubyService(text: string): boolean {
  const name = rubyModule(text);
  return /^[A-Za-z]+$/.test(name) && !RUBY_CONSTANTS.has(name) && !/(?:Error|Exception)$/.test(name);
}

/** Libraries that a client requires, and what they do: a gem of that name would be found in their place. */
const LIBRARY =
  /^(?:base64|cgi|date|delegate|digest|erb|etc|fileutils|io|json|logger|monitor|net|openssl|psych|rbconfig|resolv|securerandom|set|singleton|socket|stringio|strscan|tempfile|time|timeout|tmpdir|uri|weakref|yaml|zlib)$/i;

/** Whether RubyGems takes it; it names folders and files, too. */
export function isGemName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(text) && /[A-Za-z]/.test(text) && !LIBRARY.test(text);
}

export function isGemVersion(text: string): boolean {
  return /^\d+(?:\.[0-9A-Za-z]+)*$/.test(text);
}

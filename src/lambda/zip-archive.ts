// A strict reader of zip archives: the central directory decides, and everything that two readers could understand
// differently is refused.

/** One file or folder of an archive. */
export interface ZipEntry {
  /** Slash-separated, relative, without `.` and `..`; no trailing slash. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Some execute bit was set. */
  readonly isExecutable: boolean;
  /** Stored, or deflated. */
  readonly method: 0 | 8;
  /** Where its data begins. */
  readonly offset: number;
  readonly compressedBytes: number;
  /** As declared; the data must have exactly so many. */
  readonly bytes: number;
  readonly crc32: number;
}

/** Why an archive is refused; `tooLarge` when only its size is wrong. */
export interface ZipFault {
  readonly fault: string;
  readonly tooLarge: boolean;
}

export interface ZipLimits {
  readonly entriesMax: number;
  /** All files together, unpacked. */
  readonly bytesMax: number;
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_BYTES_MAX = 65_535;
const NAME_BYTES_MAX = 1024;
const FLAG_ENCRYPTED = 0x1;
const FLAG_STRONG_ENCRYPTION = 0x40;
const FLAG_MASKED = 0x2000;
const FILE_TYPE_MASK = 0o170000;
const FILE_TYPE_REGULAR = 0o100000;
const FILE_TYPE_FOLDER = 0o040000;
const MADE_BY_UNIX = 3;

/** Reads and checks the directory of an archive; no data is unpacked yet. */
export function readZipEntries(archive: Buffer, limits: ZipLimits): readonly ZipEntry[] | ZipFault {
  const end = findEnd(archive);
  if (end === undefined) return refuse('there is no end of central directory: this is not a zip file');
  const count = archive.readUInt16LE(end + 10);
  const directoryBytes = archive.readUInt32LE(end + 12);
  const directoryOffset = archive.readUInt32LE(end + 16);
  if (archive.readUInt16LE(end + 4) !== 0 || archive.readUInt16LE(end + 6) !== 0 || archive.readUInt16LE(end + 8) !== count) {
    return refuse('it is one part of a split archive');
  }
  if (count === 0xffff || directoryBytes === 0xffffffff || directoryOffset === 0xffffffff) return refuse('it needs zip64');
  if (directoryOffset + directoryBytes !== end) return refuse('its central directory is not where it should be');
  if (count > limits.entriesMax) return refuse(`it has more than ${limits.entriesMax} entries`);

  const entries: ZipEntry[] = [];
  const names = new Map<string, 'file' | 'folder'>();
  const spans: { readonly start: number; readonly end: number; readonly name: string }[] = [];
  let at = directoryOffset;
  let total = 0;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(archive, at, end);
    if ('fault' in entry) return entry;
    at = entry.next;
    const taken = takeName(names, entry.entry.name, entry.entry.isFolder);
    if (taken !== undefined) return refuse(taken);
    total += entry.entry.bytes;
    if (total > limits.bytesMax) return { fault: `its files take more than ${limits.bytesMax} bytes`, tooLarge: true };
    spans.push({ start: entry.localOffset, end: entry.entry.offset + entry.entry.compressedBytes, name: entry.entry.name });
    if (entry.entry.name !== '') entries.push(entry.entry);
  }
  if (at !== end) return refuse('its central directory holds more than its entries');
  spans.sort((left, right) => left.start - right.start);
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index]!;
    const limit = spans[index + 1]?.start ?? directoryOffset;
    // Overlapping entries are how a small archive unpacks to petabytes.
    if (span.end > limit) return refuse(`the data of ${quoted(span.name)} overlaps what follows it`);
  }
  return entries;
}

/** Whether a value is a fault and not the thing that was asked for. */
export function isZipFault(value: object): value is ZipFault {
  return 'fault' in value;
}

interface ReadEntry {
  readonly entry: ZipEntry;
  readonly localOffset: number;
  /** Where the next directory record begins. */
  readonly next: number;
}

function readEntry(archive: Buffer, at: number, end: number): ReadEntry | ZipFault {
  if (at + CENTRAL_BYTES > end || archive.readUInt32LE(at) !== CENTRAL_SIGNATURE)
    return refuse('its central directory is damaged');
  const madeBy = archive.readUInt16LE(at + 4) >> 8;
  const flags = archive.readUInt16LE(at + 8);
  const method = archive.readUInt16LE(at + 10);
  const crc32 = archive.readUInt32LE(at + 16);
  const compressedBytes = archive.readUInt32LE(at + 20);
  const bytes = archive.readUInt32LE(at + 24);
  const nameBytes = archive.readUInt16LE(at + 28);
  const extraBytes = archive.readUInt16LE(at + 30);
  const commentBytes = archive.readUInt16LE(at + 32);
  const mode = archive.readUInt32LE(at + 38) >>> 16;
  const localOffset = archive.readUInt32LE(at + 42);
  const next = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
  if (next > end || nameBytes === 0 || nameBytes > NAME_BYTES_MAX) return refuse('an entry has no usable name');
  const rawName = archive.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
  const name = cleanName(rawName);
  if (name === undefined) return refuse(`${quoted(rawName)} is not a plain relative path`);
  if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED)) !== 0) return refuse(`${quoted(name)} is encrypted`);
  if (method !== 0 && method !== 8) return refuse(`${quoted(name)} is compressed with method ${method}, not stored or deflated`);
  if (compressedBytes === 0xffffffff || bytes === 0xffffffff || localOffset === 0xffffffff)
    return refuse(`${quoted(name)} needs zip64`);
  if (archive.readUInt16LE(at + 34) !== 0) return refuse('it is one part of a split archive');
  const isFolder = rawName.endsWith('/');
  const type = madeBy === MADE_BY_UNIX ? mode & FILE_TYPE_MASK : 0;
  if (type !== 0 && type !== (isFolder ? FILE_TYPE_FOLDER : FILE_TYPE_REGULAR)) {
    return refuse(`${quoted(name)} is a link or a device, not a file or folder`);
  }
  if (method === 0 && compressedBytes !== bytes) return refuse(`the sizes of ${quoted(name)} disagree`);
  if (isFolder && bytes !== 0) return refuse(`the folder ${quoted(name)} has data`);

  if (localOffset + LOCAL_BYTES > archive.length || archive.readUInt32LE(localOffset) !== LOCAL_SIGNATURE) {
    return refuse(`${quoted(name)} has no local header`);
  }
  const localName = archive.readUInt16LE(localOffset + 26);
  const offset = localOffset + LOCAL_BYTES + localName + archive.readUInt16LE(localOffset + 28);
  const sameName =
    localName === nameBytes &&
    archive.compare(
      archive,
      at + CENTRAL_BYTES,
      at + CENTRAL_BYTES + nameBytes,
      localOffset + LOCAL_BYTES,
      localOffset + LOCAL_BYTES + nameBytes,
    ) === 0;
  if (
    !sameName ||
    archive.readUInt16LE(localOffset + 8) !== method ||
    (archive.readUInt16LE(localOffset + 6) & FLAG_ENCRYPTED) !== 0
  ) {
    return refuse(`the two headers of ${quoted(name)} disagree`);
  }
  const isExecutable = madeBy === MADE_BY_UNIX && (mode & 0o111) !== 0;
  return { entry: { name, isFolder, isExecutable, method, offset, compressedBytes, bytes, crc32 }, localOffset, next };
}

function findEnd(archive: Buffer): number | undefined {
  const lowest = Math.max(0, archive.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = archive.length - END_BYTES; at >= lowest; at--) {
    // The comment must reach exactly to the end, or a second end record could hide in it.
    if (archive.readUInt32LE(at) === END_SIGNATURE && at + END_BYTES + archive.readUInt16LE(at + 20) === archive.length)
      return at;
  }
  return undefined;
}

/** The name without `./` and a trailing slash ('' for the root itself), or undefined when it could lead elsewhere. */
function cleanName(raw: string): string | undefined {
  if (/[\\\0\ufffd]/.test(raw) || raw.startsWith('/') || /^[A-Za-z]:/.test(raw)) return undefined;
  const parts = raw.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.includes('..') || parts.some((part) => Buffer.byteLength(part) > 255)) return undefined;
  return parts.join('/');
}

/** Notes a name and its parents; says what is wrong when it is taken. */
function takeName(names: Map<string, 'file' | 'folder'>, name: string, isFolder: boolean): string | undefined {
  if (name === '') return undefined;
  for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
    const parent = name.slice(0, slash);
    if (names.get(parent) === 'file') return `${quoted(parent)} is a file and a folder`;
    names.set(parent, 'folder');
  }
  const known = names.get(name);
  if (known !== undefined && !(known === 'folder' && isFolder)) return `${quoted(name)} is there twice`;
  names.set(name, isFolder ? 'folder' : 'file');
  return undefined;
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

function refuse(fault: string): ZipFault {
  return { fault, tooLarge: false };
}

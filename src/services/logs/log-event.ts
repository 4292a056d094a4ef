// The words of log events inside the Logs service.

/** An event as it comes in. */
export interface NewEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** Events for one stream of a group, which is made when it is not there. */
export interface Batch {
  /** The id of a group that was added; a batch for any other group is left out. */
  readonly groupId: string;
  readonly streamName: string;
  readonly ingestionTime: number;
  readonly events: readonly NewEvent[];
}

/** Where an event stands among those of its group: by time, then by arrival. */
export interface Position {
  readonly timestamp: number;
  readonly sequence: number;
}

export interface StoredEvent extends Position {
  readonly streamName: string;
  readonly ingestionTime: number;
  readonly message: string;
}

/** AWS counts 26 bytes besides each message. Seen: PutLogEvents in the API reference. */
export const EVENT_OVERHEAD_BYTES = 26;

/** AWS: 1 MB for one event, overhead included. Seen: maxbanton/cwh#101. */
export const EVENT_BYTES_MAX = 1_048_576;

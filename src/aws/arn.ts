// Amazon Resource Names: arn:partition:service:region:account:resource.

/** The six parts of an ARN; the prefix `arn` is left out. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** '' for global services. */
  readonly region: string;
  /** '' where a service leaves it out. */
  readonly account: string;
  /** Everything after the fifth colon, colons and slashes kept. */
  readonly resource: string;
}

/** No AWS resource has a longer name. */
const ARN_LENGTH_MAX = 2048;

/** The parts of an ARN; undefined when the text is none (wrong prefix, fewer than six parts, no partition, service or resource). */
export function parseArn(text: string): Arn | undefined {
  if (text.length > ARN_LENGTH_MAX || !text.startsWith('arn:')) return undefined;
  const parts = text.split(':');
  const [, partition, service, region, account] = parts;
  const resource = parts.slice(5).join(':');
  if (!partition || !service || region === undefined || account === undefined || resource === '') return undefined;
  return { partition, service, region, account, resource };
}

/** The inverse of `parseArn`. */
export function formatArn({ partition, service, region, account, resource }: Arn): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** The partition of a region: `aws`, `aws-cn`, `aws-us-gov`, … */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('us-iso-')) return 'aws-iso';
  if (region.startsWith('us-isob-')) return 'aws-iso-b';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

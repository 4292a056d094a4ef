// Access log settings of a stage: where the lines go and what is in them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html

import { parseArn } from '../../aws/arn.ts';
import type { AccessLogSettings } from '../../model/http-api.ts';
import type { Scope } from '../../model/scope.ts';
import { isEmpty } from './member-rules.ts';
import { badRequest } from './refusals.ts';
import type { Input } from './service.ts';

type SentAccessLogSettings = Input<'CreateStage'>['AccessLogSettings'];

/** AWS: 3 KB. Source: developer guide, "Quotas for configuring and running an HTTP API". */
const FORMAT_BYTES_MAX = 3_072;

/** `sent` over `former`, member by member; without members it takes the settings away, as DeleteAccessLogSettings does. */
export function updatedAccessLogSettings(
  sent: SentAccessLogSettings,
  former: AccessLogSettings | undefined,
  scope: Scope,
): AccessLogSettings | undefined {
  // What names a log group elsewhere ends in `:*`: CloudFormation's Arn of one, and what DescribeLogGroups lists.
  const destinationArn = sent?.DestinationArn?.replace(/:\*$/, '') || former?.destinationArn;
  const format = sent?.Format || former?.format;
  if (sent === undefined) return former;
  if (isEmpty(sent.DestinationArn) && isEmpty(sent.Format)) return undefined;
  if (destinationArn === undefined)
    throw badRequest('Invalid AccessLogSettings: DestinationArn must be given together with Format.');
  if (format === undefined) throw badRequest('Invalid AccessLogSettings: Format must be given together with DestinationArn.');
  checkDestination(destinationArn, scope);
  checkFormat(format);
  return { destinationArn, format };
}

function checkDestination(destinationArn: string, scope: Scope): void {
  const arn = parseArn(destinationArn);
  if (arn?.service === 'firehose') {
    // AWS: to log groups only, and these words, which speak of the name. Seen: cdk-preflight's deployed cases,
    // pf-apigwv2-access-log-destination-log-group.
    throw badRequest(`Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '${arn.resource}'`);
  }
  const isGroup = arn?.service === 'logs' && /^log-group:[.\-_/#A-Za-z0-9]{1,512}$/.test(arn.resource);
  if (!isGroup) {
    throw badRequest('Invalid DestinationArn: use the ARN of a log group, arn:aws:logs:{region}:{account}:log-group:{name}.');
  }
  if (arn.region !== scope.region || arn.account !== scope.account) {
    throw badRequest('Invalid DestinationArn: the log group must be in the account and region of the API.');
  }
}

export function checkFormat(format: string): void {
  if (Buffer.byteLength(format) > FORMAT_BYTES_MAX) {
    throw badRequest(`Invalid Format: it has ${Buffer.byteLength(format)} bytes and may have ${FORMAT_BYTES_MAX}.`);
  }
  // AWS: these words. Seen: ministryofjustice/cloud-platform-environments#12962.
  if (/[\r\n]./s.test(format.replace(/\r\n$/, '\n'))) {
    throw badRequest('Access Log format must be single line, new line character is allowed only at end of the format');
  }
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(format.replace(/\r?\n$/, ''))) {
    throw badRequest('Invalid Format: it holds a control character.');
  }
  if (!namesRequest(format)) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-access-log-format-request-id.
    throw badRequest(
      `The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`,
    );
  }
  const other = /\$(?!context\.[A-Za-z])\w+/.exec(format)?.[0];
  if (other !== undefined) throw badRequest(`Invalid Format: only $context variables may stand in it, and ${other} is none.`);
}

/** AWS: a line must tell which request it is of. Seen: developer guide, logging. */
export function namesRequest(format: string): boolean {
  return /\$context\.(requestId|extendedRequestId)(?![\w.-]*\w)/.test(format);
}

export function toAccessLogSettingsOutput(settings: AccessLogSettings | undefined): SentAccessLogSettings {
  return settings && { DestinationArn: settings.destinationArn, Format: settings.format };
}

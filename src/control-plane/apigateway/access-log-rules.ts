// Access log settings of a stage: where the lines go and what is in them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

import { parseArn } from '../../aws/arn.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import { checkFormat, namesRequest } from '../apigatewayv2/access-log-settings.ts';
import { badRequest } from './refusals.ts';

/** What of the settings is new must be something that lines can be made of. AWS takes each of the two by itself. Seen: recorded answer. */
export function checkAccessLogSettings(stage: RestStage, former: RestStage, scope: Scope): void {
  const { destinationArn, format } = stage.accessLogSettings ?? {};
  if (destinationArn !== undefined && destinationArn !== former.accessLogSettings?.destinationArn) {
    checkDestination(destinationArn, scope);
  }
  if (format !== undefined && format !== former.accessLogSettings?.format) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, access-log-format-request-id.
    if (!namesRequest(format)) {
      throw badRequest(`Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`);
    }
    checkFormat(format);
  }
}

function checkDestination(destinationArn: string, scope: Scope): void {
  const arn = parseArn(destinationArn);
  if (arn?.service === 'firehose') {
    // AWS: these words. Seen: cdk-preflight's deployed cases, stage-access-log-firehose-prefix.
    if (!arn.resource.startsWith('deliverystream/amazon-apigateway-')) {
      throw badRequest(
        `Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': '${arn.resource.slice(0, 200)}'`,
      );
    }
    throw badRequest('Stagegate writes access logs of REST APIs to log groups only: the destination names a Firehose stream.');
  }
  if (arn?.service !== 'logs' || !/^log-group:[.\-_/#A-Za-z0-9]{1,512}(?::\*)?$/.test(arn.resource)) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, stage-access-log-destination-arn.
    throw badRequest(
      'Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream ARN.',
    );
  }
  if (arn.region !== scope.region || arn.account !== scope.account) {
    throw badRequest('Invalid ARN specified in the request. The log group must be in the account and region of the API.');
  }
}

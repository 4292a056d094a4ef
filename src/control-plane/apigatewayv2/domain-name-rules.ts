// Which texts can be a custom domain name here, which a certificate's ARN, and which an API mapping key.

import { badRequest } from './refusals.ts';

/** RFC 1035: labels of at most 63 characters, 253 in all. The first label may be a star. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const longestName = 253;

/** Names of AWS's own endpoints and of ours; a custom domain must not stand in front of them. */
const reserved = ['amazonaws.com', 'amazonaws.com.cn', 'api.aws', 'on.aws'];

/** In lower case. Throws BadRequestException. */
export function checkedDomainName(sent: string | undefined): string {
  const name = (sent ?? '').toLowerCase();
  // AWS: these words. Seen: rubyonjets/jets, which tells them from other refusals; cdk-preflight's deployed cases, domain-name-charset.
  if (name.endsWith('.')) throw badRequest('Trailing period should be omitted from domain name');
  if (name.includes('_')) throw badRequest('Domain names cannot contain an underscore character');
  const labels = name.split('.');
  const [first = '', second = ''] = labels;
  const rest = first === '*' ? labels.slice(1) : labels;
  // Numbers only is how addresses look; the control listener is reached by them.
  const isAddress = /^\d+$/.test(labels.at(-1) ?? '');
  if (name.length > longestName || labels.length < 2 || isAddress || !rest.every((each) => label.test(each))) {
    throw badRequest(
      `Invalid domain name "${name.slice(0, longestName)}": use a host name with at least two labels, e.g. api.example.com or *.example.com`,
    );
  }
  if (second === 'execute-api' || reserved.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) {
    throw badRequest(`Invalid domain name "${name}": it belongs to AWS or to the default endpoints of APIs`);
  }
  return name;
}

const certificateArn = /^arn:aws[a-z-]*:(?:acm|iam):[a-z0-9-]*:\d{12}:(?:certificate|server-certificate)\/\S{1,512}$/;

/** `region` is where a certificate of ACM must be. Throws BadRequestException. */
export function checkedCertificateArn(arn: string, region?: string): string {
  if (!certificateArn.test(arn)) throw badRequest(`Invalid certificate ARN: ${arn.slice(0, 200)}`);
  const [, , service, own] = arn.split(':');
  if (region !== undefined && service === 'acm' && own !== region) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, regional-certificate-region and domain-certificate-region.
    throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must be in '${region}'.`);
  }
  return arn;
}

const longestKey = 300;

/** '' when it was left out. Throws BadRequestException. */
export function checkedMappingKey(sent: string | undefined): string {
  const key = sent ?? '';
  // AWS: a multi-level key has at most 300 characters. Seen: developer guide, API mappings.
  if (key.length > longestKey) throw badRequest(`Invalid ApiMapping key: it must have at most ${longestKey} characters`);
  if (!/^[A-Za-z0-9$\-_.+!*'(),/]*$/.test(key) || key === '/') {
    // AWS: these words, also for a lone slash. Seen: aws/aws-cdk#8983.
    throw badRequest("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),");
  }
  // The words other emulators carry.
  if (key.startsWith('/') || key.includes('//')) {
    throw badRequest("API mapping key should not start with a '/' or have consecutive '/'s.");
  }
  if (key.endsWith('/')) throw badRequest("API mapping key should not end with a '/'.");
  // Requests with dot segments are refused before anybody could choose by them.
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw badRequest('Invalid ApiMapping key: a segment cannot be . or ..');
  }
  return key;
}

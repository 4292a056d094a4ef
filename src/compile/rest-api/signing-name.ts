// What calls of a service are signed for, where that is not what its end points are called: URIs of integrations name the latter.
// Seen: endpointPrefix and signingName in the models of AWS's SDKs.

const signingNames: Readonly<Record<string, string>> = {
  'bedrock-agent-runtime': 'bedrock',
  'bedrock-runtime': 'bedrock',
  'data-ats.iot': 'iotdata',
  'data.iot': 'iotdata',
  'data.iotevents': 'ioteventsdata',
  'data.mediastore': 'mediastore',
  'mail-manager': 'ses',
  'participant.connect': 'execute-api',
  'personalize-events': 'personalize',
  'personalize-runtime': 'personalize',
  'runtime-v2-lex': 'lex',
  appconfigdata: 'appconfig',
  email: 'ses',
  forecastquery: 'forecast',
  pinpoint: 'mobiletargeting',
};

/** `subdomain` stands before the service in the URI and in its host. */
export function signingNameOf(service: string, subdomain: string | undefined): string {
  const host = subdomain === undefined ? service : `${subdomain}.${service}`;
  if (Object.hasOwn(signingNames, host)) return signingNames[host] as string;
  return Object.hasOwn(signingNames, service) ? (signingNames[service] as string) : service;
}

/** What the host of a service is called. AWS: `{prefix}.iotdata` calls an account's own end point. Seen: AWS Solutions Constructs. */
export function hostNameOf(service: string): string {
  return service === 'iotdata' ? 'iot' : service;
}

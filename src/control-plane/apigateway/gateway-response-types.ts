// The kinds of gateway responses and what they are when nobody customised them.
// AWS: these statuses and this template. Seen: recorded answers, test_gateway_response_crud.

/** By type; null where there is none of its own. */
export const defaultStatusCodes = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: null,
  DEFAULT_5XX: null,
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
} as const;

export const defaultTemplates: Readonly<Record<string, string>> = {
  'application/json': '{"message":$context.error.messageString}',
};

/** The response that stands in for one that is not customised. */
export function groupOf(type: keyof typeof defaultStatusCodes): 'DEFAULT_4XX' | 'DEFAULT_5XX' | undefined {
  const status = defaultStatusCodes[type];
  if (status === null) return undefined;
  return status.startsWith('4') ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
}

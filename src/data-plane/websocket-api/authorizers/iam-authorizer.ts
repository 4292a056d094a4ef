// AWS_IAM: the handshake is signed (in its headers, or in its query as browsers need it), and the signer's policies allow
// `execute-api:Invoke` on the route.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html

import { hash } from 'node:crypto';
import { authorizeSignedRequest } from '../../iam/authorize-signed-request.ts';
import type { CallerLookup } from '../../iam/caller-credentials.ts';
import type { ConnectEvent } from '../connect-event.ts';
import { HandshakeAuthorizer } from './handshake-authorizer.ts';

const EMPTY_BODY = hash('sha256', '', 'hex');

export class IamAuthorizer extends HandshakeAuthorizer {
  readonly #callers: CallerLookup;
  readonly #routeArn: string;

  constructor(callers: CallerLookup, routeArn: string) {
    super();
    this.#callers = callers;
    this.#routeArn = routeArn;
  }

  override decide(event: ConnectEvent): void {
    const { serverRequest: request, handshakeAddress, pipeline, at } = event;
    const { scope } = pipeline.plan;
    const { method, path, query } = request;
    const decision = authorizeSignedRequest(
      { method, path, query, rawHeaders: request.headers.raw, bodyHash: EMPTY_BODY },
      {
        routeArn: this.#routeArn,
        ...scope,
        sourceIp: request.remoteAddress,
        secureTransport: handshakeAddress.protocol === 'https',
        nowMs: at,
      },
      this.#callers,
    );
    if (!decision.allowed) {
      event.onIdentity({ refused: 'FORBIDDEN', reason: decision.reason });
      return;
    }
    const { accessKeyId, account, arn, userId, sessionToken } = decision.caller;
    event.onIdentity({
      authorizer: undefined,
      signer: { accessKey: accessKeyId, accountId: account, callerId: userId, userArn: arn, userId },
      signing: { sessionToken, secureTransport: handshakeAddress.protocol === 'https' },
      usageIdentifierKey: undefined,
      finding: { authorizationType: 'AWS_IAM', userArn: arn },
    });
  }
}

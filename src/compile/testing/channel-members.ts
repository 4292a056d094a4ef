// Connections for tests of channels: `member('a').received` is what its client was sent.

import { FakeRequest } from '../../data-plane/testing/fake-messages.ts';
import type { StageId } from '../../data-plane/websocket-api/channels/channels.ts';
import { Connection } from '../../data-plane/websocket-api/connection.ts';
import type { MessageFrame } from '../../websocket/frame.ts';
import { FakeClient } from './served-websocket-api.ts';

export const prod: StageId = {
  scope: { account: '000000000000', region: 'us-east-1' },
  apiId: 'w1x2y3z4a5',
  stageName: 'prod',
};

/** A client that takes nothing of what it was sent until it is told to. */
export class Member extends FakeClient {
  readonly at: Connection;
  /** False: what is sent waits. */
  takes = true;

  constructor(id: string, stage: StageId = prod) {
    super(new FakeRequest());
    this.at = new Connection({
      ...stage,
      connectionId: id,
      connectedAt: 0,
      sourceIp: '203.0.113.9',
      userAgent: undefined,
      domainName: 'example.test',
      authorizer: undefined,
      signer: undefined,
      apiKey: undefined,
    });
    this.connection = this.at;
    this.at.socket = this;
  }

  override send(frame: MessageFrame): 'closed' | undefined {
    const refused = super.send(frame);
    if (refused === undefined && !this.takes) this.queuedBytes += frame.bytes;
    return refused;
  }

  /** What it got, JSON parsed where it is JSON. */
  get heard(): unknown[] {
    return this.received.map((each) => {
      if (typeof each !== 'string') return each;
      return each.startsWith('{') ? (JSON.parse(each) as unknown) : each;
    });
  }

  /** What it got of messages with ids: their texts. */
  get texts(): string[] {
    return this.heard.flatMap((each) => {
      const { message } = each as { readonly message?: string };
      return message === undefined ? [] : [message];
    });
  }
}

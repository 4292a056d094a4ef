// REST APIs of a running Stagegate as the commands about deployments see them.

import { nearestName } from '../config/nearest-name.ts';
import { UserError } from '../config/user-error.ts';
import { callAws } from './aws-call.ts';
import type { CommandContext } from './command.ts';
import { type ControlTarget, findControl } from './control-client.ts';

const NAMES_SHOWN = 12;
const PAGE = 500;

export interface NamedRestApi {
  readonly id: string;
  readonly name: string;
}

export interface Deployment {
  readonly id: string;
  readonly description?: string;
  /** Epoch seconds. */
  readonly createdDate: number;
}

export interface Stage {
  readonly stageName: string;
  readonly deploymentId: string;
  readonly canarySettings?: { readonly deploymentId: string; readonly percentTraffic?: number };
}

export interface StagePatch {
  readonly op: 'replace' | 'copy' | 'remove';
  readonly path: string;
  readonly value?: string;
  readonly from?: string;
}

export class RestApiClient {
  readonly #context: CommandContext;
  readonly #target: ControlTarget;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#target = findControl(context);
  }

  /** By id or name. Throws UserError when there is none, or several of that name. */
  async find(named: string): Promise<NamedRestApi> {
    const all = (await this.#list('/restapis')) as NamedRestApi[];
    const found = all.filter(({ id, name }) => id === named || name === named);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new UserError('SG_NOT_FOUND', `${found.length} REST APIs have the name ${named}.`, {
        fix: `Give the id: ${found.map(({ id }) => id).join(', ')}.`,
      });
    }
    const near = nearestName(
      named,
      all.flatMap(({ id, name }) => [id, name]),
    );
    const shown = all.slice(0, NAMES_SHOWN).map(({ id, name }) => `${name} (${id})`);
    const more = all.length > NAMES_SHOWN ? ` and ${all.length - NAMES_SHOWN} more` : '';
    const list =
      all.length === 0 ? 'There is none; an http event or CreateRestApi makes one.' : `There are: ${shown.join(', ')}${more}.`;
    throw new UserError('SG_NOT_FOUND', `There is no REST API ${named}.`, {
      fix: near === undefined ? list : `Did you mean ${near}?`,
    });
  }

  async stages(apiId: string): Promise<readonly Stage[]> {
    const { item } = (await this.#call('GET', `/restapis/${apiId}/stages`)) as { item?: readonly Stage[] };
    return item ?? [];
  }

  async stage(api: NamedRestApi, stageName: string): Promise<Stage> {
    const stages = await this.stages(api.id);
    const found = stages.find((one) => one.stageName === stageName);
    if (found !== undefined) return found;
    const names = stages.map((one) => one.stageName);
    const near = nearestName(stageName, names);
    throw new UserError('SG_NOT_FOUND', `${api.name} has no stage ${stageName}.`, {
      fix: near !== undefined ? `Did you mean ${near}?` : `It has ${names.join(', ') || 'none; deploy it first'}.`,
    });
  }

  /** The latest first. */
  async deployments(apiId: string): Promise<readonly Deployment[]> {
    const all = (await this.#list(`/restapis/${apiId}/deployments`)) as Deployment[];
    return all.toSorted((a, b) => b.createdDate - a.createdDate);
  }

  async patchStage(apiId: string, stageName: string, patchOperations: readonly StagePatch[]): Promise<Stage> {
    const path = `/restapis/${apiId}/stages/${encodeURIComponent(stageName)}`;
    return (await this.#call('PATCH', path, '', { patchOperations })) as Stage;
  }

  /** The definition as it is now becomes the canary of a stage. */
  async deployCanary(apiId: string, stageName: string, percentTraffic: number): Promise<Deployment> {
    const body = { stageName, canarySettings: { percentTraffic } };
    return (await this.#call('POST', `/restapis/${apiId}/deployments`, '', body)) as Deployment;
  }

  async #list(path: string): Promise<unknown[]> {
    const items: unknown[] = [];
    let position: string | undefined;
    do {
      const query = `limit=${PAGE}${position === undefined ? '' : `&position=${encodeURIComponent(position)}`}`;
      const page = (await this.#call('GET', path, query)) as { item?: unknown[]; position?: string };
      items.push(...(page.item ?? []));
      position = page.position;
    } while (position !== undefined && position !== '');
    return items;
  }

  async #call(method: string, path: string, query = '', body?: object): Promise<unknown> {
    const answer = await callAws(this.#context, this.#target, {
      service: 'apigateway',
      method,
      path,
      query,
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
    });
    const text = answer.body.toString('utf8');
    if (answer.status >= 200 && answer.status < 300) return JSON.parse(text);
    throw refusal(answer.status, text);
  }
}

function refusal(status: number, text: string): UserError {
  let message = text.trim();
  try {
    const parsed = JSON.parse(text) as { message?: string; Message?: string };
    message = parsed.message ?? parsed.Message ?? message;
  } catch {
    // Not JSON: told as it is.
  }
  if (status === 401 || status === 403) {
    return new UserError('SG_NOT_ALLOWED', `The call was refused: ${message}`, {
      fix: 'Name the data folder with --data (it holds credentials.json), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    });
  }
  return new UserError('SG_CONTROL_ANSWER', `The call was refused with ${status}: ${message}`, {
    fix: 'See the terminal of the running Stagegate.',
  });
}

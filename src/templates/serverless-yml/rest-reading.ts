// What reading the http events of a service file needs at hand.

import type { Place } from '../../config/user-error.ts';
import type { TemplateNode } from '../template-node.ts';
import type { KnownReferences } from './cloudformation-values.ts';
import type { PropertyReader } from './property-reader.ts';
import type { FunctionSettings } from './read-functions.ts';
import type { Resources } from './resources.ts';
import type { Identity } from './service-identity.ts';

/** An http event as it stands in the file, variables at its top resolved. */
export interface RestEventNode {
  readonly node: TemplateNode;
  readonly place: Place;
}

export interface RestReading {
  readonly functions: readonly FunctionSettings[];
  readonly identity: Identity;
  readonly known: KnownReferences;
  readonly resources: Resources;
  readonly reader: PropertyReader;
}

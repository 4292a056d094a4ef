// What of a service is bundled before it runs: which handler files, and with which settings of esbuild. Plain data; who
// runs the service does the bundling.

export interface DesiredBundle {
  /** The handler's source file, relative to the service folder: `src/orders.ts`. */
  readonly entry: string;
  /** What is made of it, relative to the code folder: `src/orders.js`. */
  readonly output: string;
  /** `node22`: what the syntax is lowered to. */
  readonly target: string;
}

export interface BundlerSettings {
  readonly format: 'cjs' | 'esm';
  /** Whether stack traces name the source files. */
  readonly sourceMaps: boolean;
  /** Further options of esbuild, in its spelling. */
  readonly options: Readonly<Record<string, unknown>>;
}

interface Failure {
  readonly because: string;
}

function fail({ because }: Failure): never {
  throw new Error(`this function always fails: ${because}`);
}

/** Its stack trace in the terminal names this file and these lines, not the bundle's. */
export async function handler() {
  fail({ because: 'to show a stack trace' });
}

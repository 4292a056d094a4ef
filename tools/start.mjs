// `npm start`: sets up and runs the first example.
import path from 'node:path';
import { root } from './setup.mjs';
import { run } from './stagegate.mjs';

run(['dev', path.join(root, 'examples/hello/serverless.yml'), ...process.argv.slice(2)]);

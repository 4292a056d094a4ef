// Types of setup.mjs for the benches: what a fresh clone's scripts share with them.

export declare const serverFlags: readonly string[];

/** What was refused by what is there: then a page that offers it is older than that. */

import { Problem } from '../../shared/api/client.ts';

const OLD = new Set(['invalid', 'forbidden', 'notFound', 'conflict']);

export const isRefused = (error: unknown): boolean => error instanceof Problem && OLD.has(error.kind);

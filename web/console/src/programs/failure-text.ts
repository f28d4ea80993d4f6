/** Why a program was not written, in words. */

import { isUnknown, Problem } from '../../../shared/api/client.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { p } from './words.ts';

export function failureText(error: unknown): string {
  if (isUnknown(error)) return p().wizard.open.unknown;
  // Of a program that is opened, the package is all that can forbid it to who may make one.
  if (error instanceof Problem && error.code === 'ENDPOINT_NOT_ALLOWED') return p().wizard.open.oneOnly;
  return sentenceOf(error);
}

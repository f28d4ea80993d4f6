/** Why nothing was written, in words. */

import { isUnknown, Problem } from '../../../shared/api/client.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { p } from './words.ts';

export const failureText = (error: unknown): string =>
  isUnknown(error) ? p().wizard.open.unknown : sentenceOf(error);

/** Of a program that is opened, the package is all that can forbid it to who may open one. */
export function openingFailure(error: unknown): string {
  const isForbidden = error instanceof Problem && error.code === 'ENDPOINT_NOT_ALLOWED';
  return isForbidden ? p().wizard.open.oneOnly : failureText(error);
}

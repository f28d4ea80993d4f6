/** A secret of another system, which browsers neither show nor keep. */

import { PlainField, type PlainProps } from '../ui/plain-field.tsx';

export function SecretField(props: PlainProps) {
  return <PlainField {...props} type="password" autoComplete="new-password" />;
}

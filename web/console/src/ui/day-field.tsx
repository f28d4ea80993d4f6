/** A field for a day, as the browser lets people choose one. Its value is `2026-12-31`, or empty. */

import { PlainField, type PlainProps } from './plain-field.tsx';

export function DayField(props: PlainProps) {
  return <PlainField {...props} type="date" autoComplete="off" />;
}

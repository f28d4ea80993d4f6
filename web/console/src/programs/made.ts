/** The program that was just made: its page says what comes next. */

import { signal } from '@preact/signals';

export const made = signal<string | undefined>(undefined);

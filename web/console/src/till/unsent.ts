/** How many bookings of the person wait on this device: for the head of the page, before more is loaded. */

import { signal } from '@preact/signals';

export const unsent = signal(0);

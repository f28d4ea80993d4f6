/** What of the person's bookings on this device needs a look: for the head of the page, before more is loaded. */

import { signal } from '@preact/signals';

/** How many wait to be sent. */
export const unsent = signal(0);
/** How many were sent, and have earned something else than was promised. */
export const differing = signal(0);

/** Where the phone is, asked for once; and why that is not known. */

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyM: number;
}

export type NoPosition = 'refused' | 'unknown';

export class PositionError extends Error {
  constructor(readonly reason: NoPosition) {
    super(reason);
  }
}

const TIMEOUT_MS = 15_000;

export function findPosition(): Promise<Position> {
  return new Promise((found, failed) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        found({
          latitude: coords.latitude,
          longitude: coords.longitude,
          accuracyM: coords.accuracy,
        }),
      (error) => {
        const isRefused = error.code === GeolocationPositionError.PERMISSION_DENIED;
        failed(new PositionError(isRefused ? 'refused' : 'unknown'));
      },
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 0 },
    );
  });
}

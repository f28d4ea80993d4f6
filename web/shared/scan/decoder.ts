/** What reads a code in a picture: the browser's own reader, or one in plain JavaScript, loaded then. */

/** Return the text of a code in the picture that the video shows now; `null` if there is none. */
export type Decode = (video: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** The browser reads bar codes as well; the reader in JavaScript only QR codes. */
const FORMATS = ['qr_code', 'code_128'];
/** Enough for a code that fills a third of the picture, and quick on a cheap phone. */
const SIDE_MAX = 640;

export async function openDecoder(): Promise<Decode> {
  return (await nativeDecoder()) ?? scriptDecoder();
}

async function nativeDecoder(): Promise<Decode | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.filter((each) => known.includes(each));
    if (!formats.includes('qr_code')) return null; // Some browsers have it, but without what it needs.
    const detector = new BarcodeDetector({ formats });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

async function scriptDecoder(): Promise<Decode> {
  const { default: jsQR } = await import('jsqr');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const { videoWidth, videoHeight } = video;
    if (!context || videoWidth === 0) return Promise.resolve(null);
    const { width, height } = fitted(videoWidth, videoHeight, SIDE_MAX);
    canvas.width = width;
    canvas.height = height;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    // Our codes are dark on white, whatever the colours of the page.
    const found = jsQR(data, width, height, { inversionAttempts: 'dontInvert' });
    return Promise.resolve(found?.data || null);
  };
}

/** Return the size at which the longer side is at most `most`. */
export function fitted(width: number, height: number, most: number): { width: number; height: number } {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

import sharp from 'sharp';
import { mostSide, type Grey } from '../../on-device/on-device.ts';

/** Decodes a picture as a browser would, for tests and figures; a relay does it in a process of its own. */
export async function greyInNode({ bytes }: { readonly bytes: Uint8Array }): Promise<Grey> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize(mostSide, mostSide, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pictureGoesHere, withPicture } from './picture-body.ts';

const sent = (json: string, picture: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(withPicture(json, picture)));

it('[O1] a picture of any length stands in its request as base64, among words of any kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.string({ unit: 'binary' }), (bytes, prompt) => {
      const json = JSON.stringify({ words: prompt, url: `data:image/png;base64,${pictureGoesHere}` });
      const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;

      expect(sent(json, bytes)).toEqual({ words: prompt.toWellFormed(), url });
    }),
  );
});

it.each([pictureGoesHere, String.raw`\u0001picture`, String.raw`\\u0001picture`, String.raw`"\u0001picture"`])(
  '[O1] words that look like the place of a picture stay words: %s',
  (words) => {
    const bytes = new Uint8Array([255, 216, 255]);

    expect(sent(JSON.stringify({ words, url: pictureGoesHere }), bytes)).toEqual({ words, url: '/9j/' });
  },
);

it('[O1] a request without a place for its picture is not sent', () => {
  expect(() => withPicture('{"url":""}', new Uint8Array(3))).toThrow('no place');
});

import { expect, it } from 'vitest';
import { passwordMistake } from './password-rules.ts';

const anna = { email: 'Anna.Owl@mail.example', username: 'owlofhagen9' };

const fine = [
  'correct horse battery staple',
  'Tr0mbone-of-felt',
  'pässwört mit ümläuten',
  'a'.repeat(3) + 'quiet river below'.repeat(4),
  '⏎🦉🌙 flies at night',
];

it.each(fine)('[U32] takes %s: length is enough, nothing is asked of its composition', (password) => {
  expect(passwordMistake(password, anna)).toBeUndefined();
});

const refused: readonly (readonly [string, string])[] = [
  ['seven77', '8 characters'],
  ['x'.repeat(129), '128 characters'],
  ['password', 'breaches'],
  ['Password', 'breaches'],
  ['password1!', 'breaches'],
  ['12345678', 'breaches'],
  ['qwertyuiop', 'breaches'],
  ['abababababab', 'breaches'],
  ['        ', 'breaches'],
  ['anna.owl@mail.example', 'own e-mail'],
  ['anna.owl', 'own e-mail'],
  ['OwlOfHagen9', 'own e-mail'],
];

it.each(refused)('[U32] refuses %s and says why', (password, why) => {
  expect(passwordMistake(password, anna)).toContain(why);
});

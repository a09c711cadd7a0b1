import { describe, expect, it } from 'vitest';
import { limitKey, shortened } from './network.ts';

describe('network addresses', () => {
  it('[B2] stand for whoever they belong to; what is none stays what it is', () => {
    expect(limitKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(limitKey('::ffff:192.0.2.7')).toBe('192.0.2.7/32');
    expect(limitKey('fe80::1%eth0')).toBe('fe80::/64');
    for (const none of ['', 'anna', '1', '0x7f.1', '127.1', '1.2.3.4.5', '300.1.1.1', 'A'.repeat(22)]) expect(limitKey(none)).toBe(none);
  });

  it('[B2] are shortened to where from, never who', () => {
    expect(shortened('192.0.2.7')).toBe('192.0.2.0/24');
    expect(shortened('::ffff:192.0.2.7')).toBe('192.0.2.0/24');
    expect(shortened('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48');
    expect(shortened('')).toBeUndefined();
  });
});

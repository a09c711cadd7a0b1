import { expect, expectAccessible, test } from './fixture.ts';
import { newPerson } from './person.ts';
import { totpCode } from './totp.ts';

test('[J20] who signs up finds everything on a second device, and both go on together', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Cellar');
  await anna.addItem('Barolo 2016');
  await anna.open('/collections');
  await anna.page.getByRole('link', { name: 'Account' }).click();
  await expect(anna.page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expectAccessible(anna.page);
  const person = newPerson('Anna');
  await anna.signUp(person);
  await anna.open('/');
  await expect(anna.row('Barolo 2016')).toBeVisible();
  await anna.isSynced();

  const second = await visit();
  await second.signIn(person);
  await second.page.getByRole('link', { name: /Cellar/ }).click();
  await expect(second.row('Barolo 2016')).toBeVisible();
  await second.addItem('Rioja 2019');
  await expect(anna.row('Rioja 2019')).toBeVisible({ timeout: 2_000 });
});

test('[J22][J49] a forgotten password is replaced by mail: the link works once, and every device is signed out', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  const { page, person } = anna;
  const elsewhere = await visit();
  await elsewhere.open('/forgotten-password');
  await elsewhere.page.getByLabel('E-mail').fill(person.email);
  await expectAccessible(elsewhere.page);
  await elsewhere.page.getByRole('button', { name: 'Send the link' }).click();
  await expect(elsewhere.page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  await expect(elsewhere.page.getByText(/^This server sends no mail yet\. If .* lies on its mail page\./)).toBeVisible();
  await expect(elsewhere.page.getByText(/on its way|spam/)).toHaveCount(0);
  const { link } = await app.mailbox.next(person.email);
  await elsewhere.page.goto(link);
  await expect(elsewhere.page).not.toHaveURL(/#/);
  await expectAccessible(elsewhere.page);
  await elsewhere.page.getByLabel('New password', { exact: true }).fill('12345678');
  await elsewhere.page.getByRole('button', { name: 'Change password' }).click();
  await expect(elsewhere.page.getByRole('alert')).toBeVisible();
  const changed = { ...person, password: 'The new one is a sentence too' };
  await elsewhere.page.getByLabel('New password', { exact: true }).fill(changed.password);
  await elsewhere.page.getByRole('button', { name: 'Change password' }).click();
  await expect(elsewhere.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();

  await elsewhere.open('/');
  await elsewhere.page.goto(link);
  await elsewhere.page.getByLabel('New password', { exact: true }).fill('Once more, from the same link');
  await elsewhere.page.getByRole('button', { name: 'Change password' }).click();
  await expect(elsewhere.page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();

  await elsewhere.open('/sign-in');
  await elsewhere.fillSignIn(person);
  await expect(elsewhere.page.getByRole('alert')).toContainText(/wrong/);
  await elsewhere.signIn(changed);
  await page.goto(`${anna.origin}/account`);
  await expect(page.getByRole('heading', { name: 'Your sign-in on this device has ended' })).toBeVisible();
});

test('[J64] who looks at photos is chosen without an account, and the server refuses nothing, until a page is for who has one', async ({
  visit,
}) => {
  const { page, origin } = await visit();
  const refused: string[] = [];
  page.on('response', (response) => void (response.status() >= 400 && refused.push(response.url())));
  await page.goto(`${origin}/account/detection`);
  await page.getByRole('radio', { name: /^This device only/ }).check();
  await page.waitForLoadState('networkidle');
  expect(refused).toEqual([]);
  await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'My data' }).click();
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
});

test('[J22] an address nobody has is answered like one that somebody has', async ({ visit }) => {
  const anna = await visit();
  await anna.open('/forgotten-password');
  await anna.page.getByLabel('E-mail').fill('nobody@people.example');
  await anna.page.getByRole('button', { name: 'Send the link' }).click();
  await expect(anna.page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  const mailPage = anna.page.waitForEvent('popup');
  await anna.page.getByRole('link', { name: 'its mail page' }).click();
  await expect((await mailPage).getByText('No mail server is set')).toBeVisible();
  await (await mailPage).close();
});

test('[J23] a second factor is set up, asked for, and a recovery code stands in for it once', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  const { page, person } = anna;
  await anna.open('/account/security');
  const panel = page.getByRole('region', { name: 'Second factor' });
  await panel.getByRole('button', { name: 'Set it up' }).click();
  await panel.getByLabel('Your password', { exact: true }).fill(person.password);
  await panel.getByRole('button', { name: 'Go on' }).click();
  await expect(panel.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
  await expectAccessible(page);
  const key = await panel.getByLabel('Key to type in by hand').innerText();
  await panel.getByLabel('The code it shows').fill('000000');
  await panel.getByRole('button', { name: 'Turn it on' }).click();
  await expect(panel.getByRole('alert')).toBeVisible();
  await panel.getByLabel('The code it shows').fill(totpCode(key, Date.now()));
  await panel.getByRole('button', { name: 'Turn it on' }).click();
  const list = panel.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(list).toHaveCount(10);
  const codes = await list.allInnerTexts();
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'I have kept them' }).click();
  await expect(panel).toContainText('On: signing in');

  const second = await visit();
  for (const outcome of ['in', 'refused'] as const) {
    await second.open('/sign-in');
    await second.fillSignIn(person);
    await expect(second.page.getByRole('heading', { name: 'One more step' })).toBeVisible();
    await expectAccessible(second.page);
    await second.page.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await second.page.getByLabel('One of your recovery codes').fill(codes[0] ?? '');
    await second.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (outcome === 'refused') await expect(second.page.getByRole('alert')).toBeVisible();
    else await expect(second.page).not.toHaveURL(/sign-in/);
  }
  await second.page.getByRole('button', { name: 'Use the authenticator app instead' }).click();
  await second.page.getByLabel('Code from your authenticator app').fill(totpCode(key, Date.now() + 30_000));
  await second.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(second.page).not.toHaveURL(/sign-in/);

  await panel.getByRole('button', { name: 'New recovery codes' }).click();
  await panel.getByLabel('Your password', { exact: true }).fill(person.password);
  await panel.getByRole('button', { name: 'Make new codes' }).click();
  await expect(list).toHaveCount(10);
  const renewed = await list.allInnerTexts();
  expect(renewed.filter((code) => codes.includes(code))).toEqual([]);
  await panel.getByRole('button', { name: 'I have kept them' }).click();
  const third = await visit();
  await third.open('/sign-in');
  await third.fillSignIn(person);
  await third.page.getByRole('button', { name: 'Use a recovery code instead' }).click();
  for (const code of [codes[1], renewed[0]]) {
    await third.page.getByLabel('One of your recovery codes').fill(code ?? '');
    await third.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (code === codes[1]) await expect(third.page.getByRole('alert')).toBeVisible();
    else await expect(third.page).not.toHaveURL(/sign-in/);
  }

  await panel.getByRole('button', { name: 'Turn it off' }).click();
  await panel.getByLabel('Your password', { exact: true }).fill(person.password);
  await panel.getByRole('button', { name: 'Turn it off' }).click();
  await expect(panel).toContainText('Off.');
  const fourth = await visit();
  await fourth.signIn(person);
});

test('[J24] a passkey is added and signs in without a password', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await anna.open('/account/security');
  const panel = page.getByRole('region', { name: 'Passkeys' });
  await panel.getByRole('button', { name: 'Add a passkey' }).click();
  await panel.getByLabel('Name of the passkey').fill('My laptop');
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(panel.getByRole('listitem')).toContainText('My laptop');
  await expectAccessible(page);

  await anna.signOut('keep');
  await anna.open('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await anna.open('/account');
  await expect(page.getByRole('heading', { name: anna.person.name })).toBeVisible();

  await anna.open('/account/security');
  await panel.getByRole('button', { name: 'Remove the passkey My laptop' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);
});

test('[J26][J35] a sign-in elsewhere is named and ended from here; its edits wait there and are sent after signing in again', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Attic');
  await anna.addItem('Trunk');
  await anna.isSynced();
  const second = await visit();
  await second.signIn(anna.person);
  await second.page.getByRole('link', { name: /Attic/ }).click();
  await expect(second.row('Trunk')).toBeVisible();

  const collection = anna.page.url();
  await anna.open('/account/devices');
  const panel = anna.page.getByRole('region', { name: 'Where you are signed in' });
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await expect(panel).toContainText('This browser');
  await expectAccessible(anna.page);
  await panel.getByRole('button', { name: /^Sign out there: Chrome/ }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);

  await expect(second.chip).toHaveText(/^Sign in again to sync/, { timeout: 5_000 });
  await second.addItem('Lantern');
  await second.chip.click();
  await second.page.getByRole('link', { name: 'Sign in again' }).click();
  await expectAccessible(second.page);
  await second.fillSignIn(anna.person);
  await expect(second.row('Lantern')).toBeVisible();
  await second.isSynced();
  await anna.page.goto(collection);
  await expect(anna.row('Lantern')).toBeVisible();
});

test('[J49] whoever waits for a mail is told that it was sent, or where it lies, and never both', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  const waitFor = async (): Promise<string> => {
    const person = newPerson('Anna');
    await anna.open('/sign-up');
    await anna.fillSignUp(person);
    return person.email;
  };
  const here = await waitFor();
  await expect(page.getByText(`This server sends no mail yet. The one to ${here} lies on its mail page.`)).toBeVisible();
  await expect(page.getByText(/We sent|spam/)).toHaveCount(0);
  await page.route('**/mail/here', (route) => route.fulfill({ status: 404 }));
  const sent = await waitFor();
  await expect(page.getByText(`We sent a mail to ${sent}.`)).toBeVisible();
  await expect(page.getByText(/sends no mail/)).toHaveCount(0);
});

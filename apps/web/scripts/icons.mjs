// Draws the PNG icons of the manifest from static/icons/crow.svg with the Chromium the journeys use: `node scripts/icons.mjs`.
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';

const folder = new URL('../static/icons/', import.meta.url);
const svg = await readFile(new URL('crow.svg', folder), 'utf8');
const square = svg.replace('rx="15"', '');
const icons = [
  { file: 'crow-180.png', size: 180, art: square, zoom: 1 },
  { file: 'crow-192.png', size: 192, art: svg, zoom: 1 },
  { file: 'crow-512.png', size: 512, art: svg, zoom: 1 },
  { file: 'crow-maskable-512.png', size: 512, art: square, zoom: 0.72 },
];

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const { file, size, art, zoom } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const ground = zoom < 1 ? '#4f46b8' : 'transparent';
    const inner = Math.round(size * zoom);
    await page.setContent(
      `<body style="margin:0;background:${ground};display:grid;place-items:center;height:100vh">` +
        `<div style="width:${inner}px;height:${inner}px">${art.replace('<svg', '<svg width="100%" height="100%"')}</div>`,
    );
    await writeFile(new URL(file, folder), await page.screenshot({ omitBackground: true }));
    await page.close();
  }
} finally {
  await browser.close();
}

// Properties of `npm test` repeat: one seed for everybody, so that a red run is the change's fault. Nightly and CACAW_PROPERTY_SEED
// draw others; fast-check prints seed and path with every counterexample.
import fc from 'fast-check';

const seed = process.env['CACAW_PROPERTY_SEED'];

fc.configureGlobal({ seed: seed === undefined || seed === '' ? 20_261_122 : Number(seed) });

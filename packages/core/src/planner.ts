// What a device needs only once a person does something: fetched then, so that opening does not wait for it.
export { planCommand } from './device/plan-command.ts';
export { readSuperseded } from './device/superseded.ts';

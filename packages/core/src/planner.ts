// What a device needs only once a person does something: fetched then, so that opening does not wait for it.
export { planCommand } from './device/plan-command.ts';
export { readSuperseded } from './device/superseded.ts';
export {
  createDevicePhotos,
  type DevicePhotos,
  type FetchedBytes,
  type LetGo,
  type QueuedBlob,
  type UploadOutcome,
} from './device/device-photos.ts';
export { imageId, type BlobName, type Holding, type Upload } from './device/photo-names.ts';

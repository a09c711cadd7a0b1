/** True for what is, or may be, a picture: an unknown type is looked at by its bytes. */
const mayBePicture = ({ type }: File): boolean => type === '' || type.startsWith('image/');

/** The pictures somebody dropped or pasted; empty when there are none among it. */
export function picturesIn(transfer: DataTransfer | null): readonly File[] {
  return [...(transfer?.files ?? [])].filter(mayBePicture);
}

/** Whether what is being dragged over the page has files in it. */
export const hasFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

/** The files of an input, which is emptied so that the same one can be chosen again. */
export function takeFiles(input: HTMLInputElement): readonly File[] {
  const files = [...(input.files ?? [])];
  input.value = '';
  return files;
}

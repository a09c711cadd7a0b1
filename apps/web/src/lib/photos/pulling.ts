/** Corners that what lies on a picture is pulled at. */
export const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
/** One of {@link corners}. */
export type Corner = (typeof corners)[number];

const arrows: { readonly [key: string]: readonly [right: number, down: number] } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Which way an arrow key goes, a step right and down; undefined for other keys. */
export const arrowOf = ({ key }: Pick<KeyboardEvent, 'key'>): readonly [right: number, down: number] | undefined => arrows[key];

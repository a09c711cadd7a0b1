export { photograph, type Flaw } from './camera.ts';
export { chanceOf, type Chance } from './chance.ts';
export { drawFace, type Face, type FaceKind } from './faces.ts';
export { greyInNode } from './grey-in-node.ts';
export { drawInjected, injected, type Injected } from './injected.ts';
export { printed, printedAt, type Font, type Print } from './print.ts';
export { drawScene, sceneCount, type Scene } from './scene.ts';
export { drawSeveral, severalCount, type DrawnThing, type SeveralScene } from './several.ts';

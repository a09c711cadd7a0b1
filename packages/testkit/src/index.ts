export { benchViews, type BenchPorts, type ViewFigures } from './benches/views.ts';
export { inventoryCommands, type InventoryOptions } from './generators/inventory.ts';
export { homeboxCsv, type HomeboxFile } from './generators/homebox-csv.ts';
export { createSimulatedClock, type SimulatedClock } from './clock.ts';
export { createConnection, type Connection, type NetworkOptions } from './network.ts';
export { createSeededRandom, type SeededRandom } from './random.ts';

/** Kinds of things every household has. */
export const householdKinds: readonly string[] = [
  'Drill',
  'Lamp',
  'Desk',
  'Extension cord',
  'Suitcase',
  'Kettle',
  'Tripod',
  'Router',
  'Tent',
  'Board game',
  'Winter coat',
  'Guitar',
  'Bookcase',
  'Monitor',
];

/** Keys of what a device keeps of looks: their office is opened where there are any. */
export const lookKeys: readonly string[] = ['look/', 'looked/', 'review/', 'lesson/', 'learning/'];

/** How `kernward inventory list` can show the hosts. */
export const INVENTORY_FORMAT_NAMES = ['table', 'json', 'yaml', 'jsonl', 'names'] as const;
export type InventoryFormatName = (typeof INVENTORY_FORMAT_NAMES)[number];

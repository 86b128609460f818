// Forgets to call `run`.
export * from '@gatehouse/sdk/entry';

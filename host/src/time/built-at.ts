declare const GATEHOUSE_BUILT_AT: number | undefined;

/** When this host was built, in milliseconds since 1970: no clock that is right says less. From source, the year of the first release. */
export const BUILT_AT: number = typeof GATEHOUSE_BUILT_AT === 'number' ? GATEHOUSE_BUILT_AT : Date.UTC(2026, 0, 1);

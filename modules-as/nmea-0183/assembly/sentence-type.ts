/** Sentences that are decoded, by their three letters, whoever talks. */
export const enum SentenceType {
  GGA,
  RMC,
  GLL,
  VTG,
  GSA,
  GSV,
  ZDA,
  HDT,
  DBT,
  DPT,
  MWV,
  MTW,
}

/** In the order of `SentenceType`. */
export const TYPE_NAMES: StaticArray<string> = [
  'GGA',
  'RMC',
  'GLL',
  'VTG',
  'GSA',
  'GSV',
  'ZDA',
  'HDT',
  'DBT',
  'DPT',
  'MWV',
  'MTW',
];

/** As a mistake in the settings says it. */
export const TYPES = 'a list of GGA, RMC, GLL, VTG, GSA, GSV, ZDA, HDT, DBT, DPT, MWV and MTW';
export const ALL_TYPES: u32 = 0xfff;

/** The type of that name, or -1. */
export function sentenceType(name: string): i32 {
  for (let type = 0; type < TYPE_NAMES.length; type++) if (TYPE_NAMES[type] == name) return type;
  return -1;
}

/** Fewest fields that a sentence of the type has; later editions of the standard add fields behind them. */
export function fieldsMin(type: SentenceType): i32 {
  switch (type) {
    case SentenceType.GGA:
      return 14;
    case SentenceType.RMC:
      return 11;
    case SentenceType.GSA:
      return 17;
    case SentenceType.GLL:
    case SentenceType.DBT:
      return 6;
    case SentenceType.MWV:
      return 5;
    case SentenceType.VTG:
    case SentenceType.ZDA:
      return 4;
    case SentenceType.GSV:
      return 3;
    default:
      return 2;
  }
}

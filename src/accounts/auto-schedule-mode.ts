/** What a room or thing does with invitations by itself, as CalendarServer 3 and later name it. */
export type AutoScheduleMode = 'none' | 'accept-always' | 'decline-always' | 'accept-if-free' | 'decline-if-busy' | 'automatic';

/** The modes, and what each does. */
export const autoScheduleModes: Readonly<Record<AutoScheduleMode, string>> = {
  none: 'somebody answers for it',
  'accept-always': 'accepts whatever comes',
  'decline-always': 'declines whatever comes',
  'accept-if-free': 'accepts where it is free, else somebody answers for it',
  'decline-if-busy': 'declines where it is not free, else somebody answers for it',
  automatic: 'accepts where it is free, else declines',
};

export const modeNames = Object.keys(autoScheduleModes) as AutoScheduleMode[];

/** What else says the same: CalendarServer 9 in its XML and by `calendarserver_manage_principals`. */
const otherNames: Readonly<Record<string, AutoScheduleMode>> = {
  default: 'automatic',
  accept: 'accept-always',
  decline: 'decline-always',
  'accept-if-free-decline-if-busy': 'automatic',
};

export const allModeNames: readonly string[] = [...modeNames, ...Object.keys(otherNames)];

/** The mode of that name; undefined: there is none. */
export function findAutoScheduleMode(name: string): AutoScheduleMode | undefined {
  return modeNames.find(mode => mode === name) ?? (Object.hasOwn(otherNames, name) ? otherNames[name] : undefined);
}

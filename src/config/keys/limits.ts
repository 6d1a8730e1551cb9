import type {ConfigKey} from '../key.ts';

/** How large and how many. */
export const limits: readonly ConfigKey[] = [
  {
    key: 'MaxResourceSize',
    type: 'integer',
    default: 1_048_576,
    config: 'limits.maxResourceSizeBytes',
    meaning: 'Bytes one calendar object may have.',
  },
  {
    key: 'MaxCollectionsPerHome',
    type: 'integer',
    default: 50,
    config: 'limits.maxCollectionsPerHome',
    meaning: 'Calendars one account may have; 0: no limit.',
  },
  {
    key: 'MaxResourcesPerCollection',
    type: 'integer',
    default: 100_000,
    config: 'limits.maxResourcesPerCollection',
    meaning: 'Objects one calendar may have; 0: no limit.',
  },
  {
    key: 'MaxAllowedInstances',
    type: 'integer',
    default: 3000,
    config: 'limits.maxAllowedInstances',
    meaning: 'Instances one recurring event may have in the time a query looks at.',
  },
  {
    key: 'MinDateTime',
    type: 'date-time',
    default: '',
    config: 'limits.minDateTime',
    meaning: 'The first time that events and queries may have, in UTC (20000101T000000Z); empty: no limit.',
  },
  {
    key: 'MaxDateTime',
    type: 'date-time',
    default: '',
    config: 'limits.maxDateTime',
    meaning: 'The last time that events and queries may have, in UTC; empty: no limit. A series may go on without an end.',
  },
];

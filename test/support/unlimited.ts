import type {Limits} from '../../src/webdav/limits.ts';

/** 0 is no limit. */
export const unlimited: Limits = {
  maxResourceSizeBytes: 0,
  maxInstances: 0,
  maxAttendeesPerInstance: 0,
  maxCollectionsPerHome: 0,
  maxResourcesPerCollection: 0,
  quotaBytes: 0,
};

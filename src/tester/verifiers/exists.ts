import {type Verifier, wrongStatus} from '../verifier.ts';

/** The resource was there. */
export const exists: Verifier = {name: 'exists', check: ({answer}) => wrongStatus(answer, ['2xx'])};

/** It was not. */
export const doesNotExist: Verifier = {name: 'doesNotExist', check: ({answer}) => wrongStatus(answer, ['404'])};

import {tzdataVersion} from '../../ical/tzdata.ts';
import {type Action, contextPath, json} from '../action.ts';
import {formats} from './get.ts';

/** RFC 7808 §5.1: what the service can do, computed from the actions' table. */
export function capabilities(actions: () => readonly Action[]): Action {
  return {
    name: 'capabilities',
    template: '/capabilities',
    parameters: [],
    answer: () =>
      json({
        version: 1,
        info: {
          'primary-source': `IANA:${tzdataVersion}`,
          formats: formats.map(({type}) => type),
          truncated: {any: true, untruncated: true},
        },
        actions: actions().map(({name, template, parameters}) => ({
          name,
          'uri-template': contextPath + template,
          parameters: parameters.map(parameter => ({...parameter, multi: false})),
        })),
      }),
  };
}

import {element} from '../../xml/element.ts';
import {mobileme} from '../../xml/names.ts';
import {maxXmlBytes} from '../limit.ts';
import {properties} from '../tables.ts';

/** CalendarServer's bulk changes: which a collection takes, and how many at once (§5.1). Empty: as many as come. */
export const bulkChangeProperties = properties('all', [
  {
    name: mobileme('bulk-requests'),
    allprop: false,
    get: ({resource: {kind}, context: {limits}}) => {
      if (!kind.bulk || !limits.bulk) return undefined;
      const {maxResources, maxBytes} = limits.bulk;
      return (['simple', 'crud'] as const).map(request =>
        element(
          mobileme(request),
          element(mobileme('max-resources'), ...count(maxResources)),
          element(
            mobileme('max-bytes'),
            ...count(request === 'simple' ? maxBytes : Math.min(maxBytes || maxXmlBytes, maxXmlBytes)),
          ),
        ),
      );
    },
  },
]);

const count = (limit: number) => (limit > 0 ? [String(limit)] : []);

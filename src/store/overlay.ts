import type {HomeView} from './store.ts';

/** A view, or unit of work, of which some methods are others. */
export function overlaid<View extends HomeView>(view: View, own: Partial<View>): View {
  return new Proxy(view, {
    get(whole, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof View];
      const value: unknown = whole[name as keyof View];
      return typeof value === 'function' ? value.bind(whole) : value;
    },
  });
}

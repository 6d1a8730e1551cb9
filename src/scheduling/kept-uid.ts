/** What XML has no way to hold, and a UID may have in it. */
const strange = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The attributes that a UID is kept as, in a property that is XML. */
export function uidAttributes(uid: string): {readonly uid: string; readonly 'encoded-uid'?: string} {
  return strange.test(uid) ? {uid, 'encoded-uid': encodeURIComponent(uid)} : {uid};
}

/** The UID that was kept. */
export function uidIn(attributes: Readonly<Record<string, string>>): string | undefined {
  const encoded = attributes['encoded-uid'];
  return encoded === undefined ? attributes.uid : decodeURIComponent(encoded);
}

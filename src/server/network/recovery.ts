/**
 * The owner's recovery code, on the master: there until the owner says that it is printed, and made anew at any time. A new code opens a new
 * sealed box; old copies of the box open with the old code as before: whoever fears that one was taken makes new keys (renew-keys.ts).
 */
import { equalBytes } from '../../base/bytes.ts';
import type { Random } from '../../base/random.ts';
import { ok, refuse, unwrap, type Result } from '../../base/result.ts';
import { exportAuthorityKey, signByAuthority } from '../../hub/certificate-authority.ts';
import { forgetRecoveryCode, keepRecoveryCode, type HubKeys, type KeysToPut } from '../../hub/hub-keys.ts';
import { makeRecoveryCode } from '../../hub/recovery-code.ts';
import { openBox, sealBox, type ShopKeys } from '../../hub/sealed-box.ts';
import { publishBox } from '../../register/admit-register.ts';
import type { Register } from '../../register/register.ts';
import { listSealedBoxes } from '../../store/chains.ts';
import type { Store } from '../../store/store.ts';

export interface Recovery {
  /** Until the owner has printed it. */
  code(): string | null;
  printed(): Promise<void>;
  renew(): Promise<Result<string>>;
}

export function shopKeysOf({ shopId, authority, secret }: HubKeys): ShopKeys {
  return { shopId, authority: authority.certificate, authorityKey: exportAuthorityKey(authority), secret };
}

/** `folder` holds the keys. */
export function keepRecovery(register: Register, keys: HubKeys, folder: string, random: Random): Recovery {
  let code = keys.recoveryCode;
  return {
    code: () => code,
    printed: async () => {
      await forgetRecoveryCode(folder);
      code = null;
    },
    renew: async () => {
      const fresh = makeRecoveryCode(random);
      const box = unwrap(sealBox(shopKeysOf(keys), fresh, random));
      const { certificate } = keys.authority;
      // The box first: with the old one there too, nobody is ever without a code that opens one.
      const published = publishBox(register, {
        authority: certificate,
        box,
        boxSignature: signByAuthority(keys.authority, 'sealed-box', box),
      });
      if (!published.ok) return published;
      await keepRecoveryCode(folder, box, fresh);
      code = fresh;
      return ok(fresh);
    },
  };
}

/** The shop's keys as the owner's code opens them: of the present CA's box. Refuses recovery.wrong-code. */
export function openNewestBox({ authority, db }: Store, recoveryCode: string): Result<KeysToPut> {
  for (const { box } of listSealedBoxes(db)) {
    const keys = openBox(box, recoveryCode);
    if (keys.ok && authority !== null && equalBytes(keys.value.authority, authority))
      return ok({ keys: keys.value, box, recoveryCode: null });
  }
  return refuse('recovery.wrong-code');
}

import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificateFindings } from '../../../../../../src/services/scan/url/online/follow/certificateFindings';
import type {
  FollowedLink,
  ShownCertificate,
} from '../../../../../../src/services/scan/url/online/follow/followLink';
import { addressScope } from '../../../../../../src/services/scan/url/online/address/addressScope';
import { type CertificateOptions, makeCertificate, makeIssuer } from '../../../../http/support/selfSigned';
import { follow, type FollowTestOptions, publicAddress } from '../support/following';

const day = 86_400_000;
const host = 'shop.example';

describe('certificates of hosts', function () {
  this.timeout(10_000);
  const issuer = makeIssuer('Test Authority');
  const month = { validFrom: Date.now() - 30 * day, validTo: Date.now() + 30 * day };

  interface Served {
    readonly followed: FollowedLink;
    readonly requests: number;
    readonly rules: readonly string[];
  }

  async function serve(
    certificate: Partial<CertificateOptions>,
    options: FollowTestOptions = {},
    at: string = host,
  ): Promise<Served> {
    let requests = 0;
    const made = makeCertificate({ hosts: [host], name: host, issuer, ...month, ...certificate });
    const server = createServer({ ...made }, (_request, response) => {
      requests++;
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, publicAddress, resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const followed = await follow(`https://${at}:${port}/secret`, { ca: issuer.cert, ...options });
      const rules = followed.certificates.flatMap((shown) => certificateFindings(shown, Date.now()));
      return { followed, requests, rules: rules.map(({ rule, weight }) => `${rule}: ${weight}`) };
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it('that hold are told, and nothing is said against them', async () => {
    const { followed, requests, rules } = await serve({});
    assert.equal(followed.end.type, 'arrived');
    assert.equal(requests, 1);
    assert.deepEqual(rules, []);
    const [shown] = followed.certificates;
    assert.deepEqual(shown?.details, {
      subject: host,
      issuer: 'Test Authority',
      validFrom: Math.floor(month.validFrom / 1_000) * 1_000,
      validTo: Math.floor(month.validTo / 1_000) * 1_000,
    });
    assert.equal(shown.host, host);
    assert.equal(shown.isLocal, false);
  });

  it('are for a host with a dot at its end, too, which is the same host', async () => {
    const { followed, requests, rules } = await serve({}, {}, `${host}.`);
    assert.deepEqual(rules, []);
    assert.equal(followed.end.type, 'arrived');
    assert.equal(requests, 1);
  });

  const table: readonly [string, Partial<CertificateOptions>, FollowTestOptions, string][] = [
    ['of another host', { hosts: ['bank.example'] }, {}, 'certificate-of-another-host: suspicious'],
    [
      'for names next to it',
      { hosts: [`www.${host}`, `x${host}`] },
      {},
      'certificate-of-another-host: suspicious',
    ],
    [
      'that have expired',
      { validFrom: Date.now() - 9 * day, validTo: Date.now() - day },
      {},
      'certificate-expired: suspicious',
    ],
    [
      'of days to come',
      { validFrom: Date.now() + day, validTo: Date.now() + 9 * day },
      {},
      'certificate-not-yet-valid: suspicious',
    ],
    ['signed by themselves', { issuer: undefined! }, {}, 'certificate-self-signed: suspicious'],
    [
      'of an issuer whom nobody knows',
      { issuer: makeIssuer('Some Company') },
      {},
      'certificate-of-unknown-issuer: informational',
    ],
    [
      'of an issuer whom only the test knows',
      {},
      { ca: undefined! },
      'certificate-of-unknown-issuer: informational',
    ],
  ];
  for (const [what, certificate, options, expected] of table) {
    it(`${what} end the way before anything is asked: ${expected}`, async () => {
      const { followed, requests, rules } = await serve(certificate, options);
      assert.deepEqual(rules, [expected]);
      assert.equal(followed.end.type, 'badCertificate');
      assert.equal(requests, 0);
    });
  }

  it('that are self-signed, expired and of another host have all of it told', async () => {
    const past = { validFrom: Date.now() - 9 * day, validTo: Date.now() - day };
    const { rules } = await serve({ issuer: undefined!, hosts: ['bank.example'], ...past });
    assert.deepEqual(rules, [
      'certificate-of-another-host: suspicious',
      'certificate-self-signed: suspicious',
      'certificate-expired: suspicious',
    ]);
  });

  it('for every name of a domain are for this host', async () => {
    const { followed, rules } = await serve({ hosts: ['*.example'] });
    // Of two labels, which browsers do not take either; below, they do.
    assert.equal(followed.end.type === 'arrived', rules.length === 0);
    const below = await serve({ hosts: [`*.${host}`] }, {}, `www.${host}`);
    assert.equal(below.followed.end.type, 'arrived');
  });

  it('of addresses are compared with the address', async () => {
    const own = await serve({ hosts: [publicAddress] }, {}, publicAddress);
    assert.equal(own.followed.end.type, 'arrived');
    const other = await serve({ hosts: ['127.0.0.2'] }, {}, publicAddress);
    assert.deepEqual(other.rules, ['certificate-of-another-host: suspicious']);
  });

  it('that are young are told, without consequence', async () => {
    const { followed, rules } = await serve({ validFrom: Date.now() - 2 * day });
    assert.equal(followed.end.type, 'arrived');
    assert.deepEqual(rules, ['certificate-young: informational']);
  });

  it('in the own network may be self-made', async () => {
    const own = { issuer: undefined!, hosts: ['elsewhere.example'] };
    const local = { scopeOf: addressScope, localOnPurpose: true };
    const { followed, requests, rules } = await serve(own, local, publicAddress);
    assert.equal(followed.end.type, 'arrived');
    assert.equal(requests, 1);
    assert.deepEqual(rules, [
      'certificate-of-another-host: informational',
      'certificate-self-signed: informational',
    ]);
  });

  it('are as long as whoever made them likes, and told in short', async () => {
    const { followed } = await serve({ name: 'n'.repeat(5_000) });
    assert.equal(followed.certificates[0]?.details.subject?.length, 197);
  });

  it('of a day are told in whole days', () => {
    const shown = (ageMs: number): ShownCertificate => ({
      host,
      isLocal: false,
      isForHost: true,
      isSelfSigned: false,
      details: { validFrom: 1_000_000_000_000 - ageMs },
    });
    const title = (ageMs: number): string | undefined =>
      certificateFindings(shown(ageMs), 1_000_000_000_000)[0]?.title;
    assert.match(title(day - 1) ?? '', /less than a day old$/);
    assert.match(title(day) ?? '', / 1 day old$/);
    assert.match(title(7 * day - 1) ?? '', / 6 days old$/);
    assert.equal(title(7 * day), undefined);
  });
});

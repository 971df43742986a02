/** Proxies and certificates of the operator: who wins, what is hidden, what is refused. */
import t from 'tap';
import { maskOf } from '../../src/core/secrets/mask.ts';
import { proxySecrets, readAuthorities, withAuthorities, withProxies } from '../../src/use-cases/build-surroundings.ts';

const proxies = { HTTP_PROXY: 'http://p.example:3128', NO_PROXY: 'localhost' };
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

t.test('proxies are added in both cases, and what a request gives is left to it', async (t) => {
  const surroundings = { proxies, authorities: undefined };
  t.same(withProxies({ A: '1' }, surroundings), {
    A: '1',
    HTTP_PROXY: 'http://p.example:3128',
    http_proxy: 'http://p.example:3128',
    NO_PROXY: 'localhost',
    no_proxy: 'localhost',
  });
  t.same(withProxies({ http_proxy: '', no_proxy: 'x' }, surroundings), { http_proxy: '', no_proxy: 'x' });
  t.same(withProxies({}, { proxies: {}, authorities: pem }), {});
});

t.test('certificates are a secret that the request may replace', async (t) => {
  t.same(withAuthorities({ a: 'b' }, { proxies, authorities: pem }), { a: 'b', extra_ca: pem });
  t.same(withAuthorities({ extra_ca: 'mine' }, { proxies, authorities: pem }), { extra_ca: 'mine' });
  t.same(withAuthorities({}, { proxies, authorities: undefined }), {});
});

t.test('the login of a proxy is hidden in every form, its host is not', async (t) => {
  const mask = maskOf({}, proxySecrets({ HTTP_PROXY: 'http://ship:h%40sh7Gt2@p.example:3128', NO_PROXY: 'localhost' }));
  for (const said of [
    'http://ship:h%40sh7Gt2@p.example:3128',
    'h%40sh7Gt2',
    'h@sh7Gt2',
    Buffer.from('ship:h@sh7Gt2').toString('base64'),
  ]) {
    t.equal(mask(`a ${said} b`), 'a *** b', said);
  }
  t.equal(mask('connect to p.example:3128: localhost'), 'connect to p.example:3128: localhost');
  t.same(proxySecrets(proxies), []);
});

t.test('a file that holds no certificate, or more than that, is refused without being repeated', async (t) => {
  t.equal(readAuthorities(pem), pem);
  for (const text of ['', 'hush', `${pem}-----BEGIN PRIVATE KEY-----\nhush\n`, pem + 'hush'.repeat(200_000)]) {
    t.throws(() => readAuthorities(text), { name: 'ConfigError', message: /^DRYDOCK_BUILD_CA_FILE(?!.*hush)/ });
  }
});

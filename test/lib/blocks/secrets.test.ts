import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesize } from '../../support/template.ts';

const fanfare = synthesize();

test('there is one KMS key, for one purpose, and it rotates', () => {
  assert.deepEqual([...fanfare.allOf('AWS::KMS::Key').keys()], ['Secrets/WrappingKey']);
  assert.equal(fanfare.of('Secrets/WrappingKey').EnableKeyRotation, true);
});

test('the first admin key is a generated word of 43 characters or more, safe in a header and in a shell', () => {
  const { GenerateSecretString, SecretString } = fanfare.of('Secrets/AdminKey');
  assert.equal(SecretString, undefined);
  assert.deepEqual(GenerateSecretString, { PasswordLength: 48, ExcludePunctuation: true });
});

import assert from 'node:assert/strict';
import { describeMachine } from '../../../../src/shared/presentation/machine';

const machine = { hostname: 'node-7', platform: 'linux' };
const inDocker = { ...machine, container: { runtime: 'docker' } };

describe('describeMachine', () => {
  it('names the machine, how it is reached, and the container', () => {
    assert.equal(describeMachine(machine, undefined), 'node-7');
    assert.equal(describeMachine(machine, 'ssh-remote'), 'node-7 (SSH)');
    assert.equal(describeMachine(inDocker, 'ssh-remote'), 'node-7 (SSH, docker)');
    assert.equal(describeMachine(inDocker, 'dev-container'), 'node-7 (container)');
    assert.equal(describeMachine(machine, 'something-new'), 'node-7 (something-new)');
    assert.equal(describeMachine(machine, '127.0.0.1:8000'), 'node-7 (remote)');
    assert.equal(describeMachine(undefined, undefined), '');
  });
});

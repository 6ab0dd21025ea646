import { PortableSampler } from '../services/metrics/portable/portableSampler';
import { systemSource } from '../services/metrics/portable/systemSource';
import { systemClock } from '../shared/clock';
import { serveMetrics } from './metricsThread';

serveMetrics(new PortableSampler(systemClock, systemSource()));

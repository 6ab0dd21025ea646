import { LinuxSampler } from '../services/metrics/linux/linuxSampler';
import { systemClock } from '../shared/clock';
import { serveMetrics } from './metricsThread';

serveMetrics(new LinuxSampler({ clock: systemClock }));

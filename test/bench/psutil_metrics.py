"""The figures of a snapshot through psutil; prints wall and CPU time of each as JSON."""

import json
import sys
import time

import psutil


def snapshot():
    psutil.cpu_percent()
    psutil.cpu_percent(percpu=True)
    psutil.cpu_count()
    psutil.getloadavg()
    psutil.cpu_freq()
    psutil.sensors_temperatures()
    psutil.virtual_memory()
    psutil.swap_memory()
    for partition in psutil.disk_partitions():
        psutil.disk_usage(partition.mountpoint)
    psutil.disk_io_counters()
    psutil.net_io_counters(pernic=True)
    psutil.net_if_addrs()
    psutil.net_if_stats()
    if connections:
        sum(1 for c in psutil.net_connections("tcp") if c.status == psutil.CONN_ESTABLISHED)


rounds = int(sys.argv[1])
connections = sys.argv[2] == "connections"
snapshot()
result = []
for _ in range(rounds):
    time.sleep(0.02)
    wall, cpu = time.perf_counter(), time.process_time()
    snapshot()
    result.append([(time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000])
json.dump(result, sys.stdout)

/**
 * {@link dev.leveret.benchmarks.fault.FaultBench} breaks a cluster's nodes and connections under clients that publish and
 * consume, and accounts for every message. {@code FaultRun} is one client's part, {@code Ledger} the account.
 */
@NullMarked
package dev.leveret.benchmarks.fault;

import org.jspecify.annotations.NullMarked;

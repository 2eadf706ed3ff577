/**
 * Runs engines through random schedules of work, faults and time, one per seed, and checks them.
 */
@NullMarked
package dev.provisioner.proofs.simulation;

import org.jspecify.annotations.NullMarked;

/** Runs engines through random schedules of work, faults and time, and checks what they promise. */
@NullMarked
package dev.provisioner.testkit.simulation;

import org.jspecify.annotations.NullMarked;

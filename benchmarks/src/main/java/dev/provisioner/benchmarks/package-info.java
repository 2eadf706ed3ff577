/** What the engine and its stores cost. */
@NullMarked
package dev.provisioner.benchmarks;

import org.jspecify.annotations.NullMarked;

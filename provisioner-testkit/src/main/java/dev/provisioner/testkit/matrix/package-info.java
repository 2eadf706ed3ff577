/** Crashes engines at every instant, on any store, and compares what they leave. */
@NullMarked
package dev.provisioner.testkit.matrix;

import org.jspecify.annotations.NullMarked;

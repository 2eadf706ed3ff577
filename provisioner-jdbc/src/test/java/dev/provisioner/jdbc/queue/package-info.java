/** Tests of the queue. */
@NullMarked
package dev.provisioner.jdbc.queue;

import org.jspecify.annotations.NullMarked;

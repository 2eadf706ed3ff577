/** What the engine tells its listeners. */
@NullMarked
package dev.provisioner.event;

import org.jspecify.annotations.NullMarked;

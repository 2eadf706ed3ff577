/** Tests of the engine on fakes, as a host would use it. */
@NullMarked
package dev.provisioner.engine;

import org.jspecify.annotations.NullMarked;
